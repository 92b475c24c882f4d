// Writes the config of a new backup, after all questions; or checks an existing one, which stays as it is.
import { resolve } from 'node:path';
import { BackupError } from '../../cli/errors.js';
import type { CommandContext } from '../../cli/main.js';
import type { BackupConfig } from '../../config/backup-config.js';
import * as check from '../../config/checks.js';
import { answerBy, type Interview } from '../../setup/interview.js';
import { readPrices } from '../../setup/prices.js';
import { writeConfig } from '../../setup/write-config.js';
import { askContents } from './contents.js';
import { askPlace } from './place.js';
import type { InitRequest } from './request.js';

/** @returns whether the encryption key comes from the bucket's escrow */
export async function writeNewConfig(
  file: string,
  request: InitRequest,
  interview: Interview,
  context: CommandContext,
): Promise<boolean> {
  const prices = readPrices(request.pricesFile);
  const place = await askPlace(request, interview, context);
  const contents = await askContents(request, place, prices, interview, context);
  const retentionDays = await interview.ask({
    what: 'For how many days the bucket keeps deleted and overwritten files',
    flag: '--retention-days',
    given: request.retentionDays,
    proposed: '30',
    check: answerBy('The number of days', check.duration('days')),
  });
  const ping = await interview.ask({
    what: 'An address to ping after each run, such as one of healthchecks.io (empty: none)',
    flag: '--ping',
    given: request.ping,
    proposed: '',
    check: answerBy('The address to ping', check.pingAddress),
  });
  const settings = {
    AWS_PROFILE: place.profile,
    AWS_REGION: place.region,
    AWS_BUCKET: place.bucket,
    AWS_RETENTION_DAYS: `${retentionDays}`,
    // A scheduled run does not have this shell's variables.
    ...(place.endpointUrl !== undefined && { AWS_ENDPOINT_URL: place.endpointUrl }),
    AWS_STORAGE_CLASS: contents.storageClass,
    LOCAL_DIR: contents.localDir,
    LOCAL_LOCK: `${file}.lock`,
    REMOTE_DIR_PREFIX: contents.prefix,
    ...(contents.exclude.length > 0 && { EXCLUDE: contents.exclude }),
    ...(contents.excludesCaches && { EXCLUDE_CACHES: 'yes' }),
    ...(ping === '' ? {} : hooksFor(ping)),
  };
  await writeConfig(file, settings, place.encryptionKey);
  interview.say(`Written: ${file}`);
  return place.isEscrowed;
}

/** The hooks that report each run to a service such as healthchecks.io. @param address of the check itself */
function hooksFor(address: string): Record<'ON_START' | 'ON_SUCCESS' | 'ON_WARNING' | 'ON_FAILURE', string> {
  const base = address.replace(/\/$/, '');
  const byCode = `${base}/$code`;
  return { ON_START: `${base}/start`, ON_SUCCESS: base, ON_WARNING: byCode, ON_FAILURE: byCode };
}

/** @throws {BackupError} if the flags contradict an existing config */
export function assertAgrees(config: BackupConfig, request: InitRequest): void {
  const { directory, prefix } = request;
  const pairs: readonly (readonly [string, string | undefined, string])[] = [
    ['--profile', request.profile, config.profile],
    ['--region', request.region, config.region],
    ['--bucket', request.bucket, config.bucket],
    ['--directory', directory && resolve(directory), config.localDir],
    ['--prefix', prefix && `${prefix.split('/').filter(Boolean).join('/')}/`, config.prefix],
  ];
  const other = pairs.find(([, given, there]) => given !== undefined && given !== there);
  if (other === undefined) return;
  const [flag, given, there] = other;
  throw new BackupError(
    `The config "${config.configFile}" exists, and has "${there}" where ${flag} has "${given}".`,
    {
      hint: 'It was not changed. For another backup, give another file with --config; to continue with this one, leave the flag out.',
    },
  );
}

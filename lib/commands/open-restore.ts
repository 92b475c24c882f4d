// What a restore needs before it looks at the bucket: from where, to where, when, and the key.
import { stderr } from 'node:process';
import type { AwsCli } from '../aws/aws-cli.js';
import { BackupError } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { parseTime } from '../cli/times.js';
import type { BackupConfig } from '../config/backup-config.js';
import { readConfig } from '../config/read-config.js';
import { fetchEscrowedKey } from '../records/escrow.js';
import { type Destination, inspectDestination } from '../restore/destination/destination.js';
import type { RestoreScope } from '../restore/scope.js';
import { parseSource } from '../restore/source.js';
import { keyOfEasyKey } from '../secrets/easy-key.js';
import { EncryptionKey } from '../secrets/encryption-key.js';

import { connectToBucket } from './connection.js';

export interface RestoreRequest {
  /** PROFILE REGION URL DEST, or with a config [SUBDIR] DEST. */
  readonly words: readonly string[];
  /** The config file; without one, the key is asked for. */
  readonly config: string | undefined;
  /** Whether to ask for the easy-to-remember key, and to get the backup's key from the bucket. */
  readonly usesEscrow: boolean;
  /** A point in time. */
  readonly at: string | undefined;
  /** Whether files in the destination may be replaced. */
  readonly overwrites: boolean;
  readonly keepsSetid: boolean;
  /** Whether root restores to where others could lead it elsewhere. */
  readonly trustsDestination: boolean;
}

export interface Restore extends RestoreScope {
  readonly destination: Destination;
  readonly prompt: Prompt;
}

/** @throws {BackupError} for a request that can't be met, before anything is asked of the bucket */
export async function openRestore(request: RestoreRequest, context: CommandContext): Promise<Restore> {
  const { log, interruption } = context;
  if (request.usesEscrow && request.config !== undefined) {
    throw new BackupError('--escrow and --config can not be used together: the config has the key.');
  }
  const time = request.at === undefined ? undefined : parseTime(request.at, new Date());
  const config = request.config === undefined ? undefined : await readConfig(request.config);
  for (const warning of config?.warnings ?? []) log.warn(warning);
  const { profile, region, bucket, prefix, backupPrefix, destination } = parseSource(request.words, config);
  const target = inspectDestination(destination, request.overwrites, request.trustsDestination);
  const aws = connectToBucket({ profile, region, bucket }, config, context);
  const prompt = new Prompt(stderr, interruption);
  const encryptionKey = await keyFor(request, config, aws, prompt);
  return { aws, encryptionKey, prefix, backupPrefix, time, log, destination: target, prompt };
}

async function keyFor(
  request: RestoreRequest,
  config: BackupConfig | undefined,
  aws: AwsCli,
  prompt: Prompt,
): Promise<EncryptionKey> {
  if (config !== undefined) return config.encryptionKey;
  if (!request.usesEscrow) {
    return new EncryptionKey(await prompt.askHidden('Enter your backup encryption key: '));
  }
  const easyKey = await prompt.askHidden('Enter your master encryption key: ');
  return fetchEscrowedKey(aws, keyOfEasyKey(easyKey));
}

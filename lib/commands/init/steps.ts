// The steps of init once there is a config: escrow, first backup, a file restored and compared.
import { join } from 'node:path';
import type { AwsCli } from '../../aws/aws-cli.js';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import { printable } from '../../cli/log/log.js';
import type { CommandContext } from '../../cli/main.js';
import { withPrivateFolder } from '../../cli/tmpdir.js';
import { formatTime } from '../../cli/units/times.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { escrowKey, fetchEscrowedKey } from '../../records/escrow.js';
import { escrowStateOf, findEscrow } from '../../records/escrow-state.js';
import { lastTrialOfEscrow } from '../../records/escrow-trial.js';
import { fetchLastRun, type LastRun } from '../../records/last-run.js';
import { fetchFile } from '../../restore/fetch/one-file.js';
import { fingerprintOf, keyOfEasyKey } from '../../secrets/encryption-key.js';
import { strengthOf } from '../../setup/easy-key.js';
import type { Choice, Interview } from '../../setup/interview.js';
import { findSchedules, isUsable } from '../../setup/schedule/find-schedule.js';
import type { When } from '../../setup/schedule/schedule.js';
import { sha256OfFile } from '../../tree/streams/sha256.js';
import { schedule } from '../schedule.js';
import { sync } from '../sync.js';
import type { InitRequest } from './request.js';

const LATER = 'later';
const BY_SYSTEMD: readonly Choice[] = [
  { value: 'daily', label: 'daily, by systemd' },
  { value: 'hourly', label: 'hourly, by systemd' },
];
const BY_CRON: Choice = { value: 'cron', label: 'daily, by cron' };
const BY_HAND: Choice = { value: LATER, label: 'later, by encrypted-s3 schedule' };

export interface Setup {
  readonly config: BackupConfig;
  readonly aws: AwsCli;
  readonly interview: Interview;
  readonly context: CommandContext;
}

/** Whether the bucket has this backup's key, and this machine has read it with the easy-to-remember key. */
export async function isEscrowTried({ aws, interview }: Setup): Promise<boolean> {
  const found = await findEscrow(aws);
  const tried = lastTrialOfEscrow(aws);
  if (typeof found === 'string' || tried === undefined) return false;
  if ((await escrowStateOf(aws, found, undefined)).is !== 'of this key') return false;
  interview.say(
    `The encryption key is in the bucket already, and was read back from it: ${formatTime(tried)}.`,
  );
  return true;
}

/**
 * Stores the encryption key in the bucket unless it is there, and fetches it back with the easy-to-remember key.
 * @throws {BackupError} if the bucket holds another key, or has another easy-to-remember key
 */
export async function escrowAndTry({ config, aws, interview, context }: Setup): Promise<void> {
  const isThere = typeof (await findEscrow(aws)) !== 'string';
  const easyKey = isThere
    ? await interview.askEasyKey('The easy-to-remember key of the escrow that is in the bucket')
    : await interview.askNewEasyKey('An easy-to-remember key: a sentence of four words or more');
  interview.say(
    isThere
      ? 'Getting the encryption key back from the bucket...'
      : 'Storing the encryption key in the bucket, and getting it back from there...',
  );
  const escrow = { ...config, easyKey: keyOfEasyKey(easyKey) };
  await escrowKey(aws, escrow, context.log, (held) => {
    const what = held === 'other key' ? 'another encryption key' : 'a key under another easy-to-remember key';
    throw new BackupError(`The bucket "${aws.bucket}" already holds ${what}.`, {
      exitCode: exitCode.wrongKey,
      hint: 'Nothing was stored. encrypted-s3-upload-key asks whether to replace it; init with --skip escrow leaves it.',
    });
  });
  const fingerprint = fingerprintOf(await fetchEscrowedKey(aws, escrow.easyKey));
  if (fingerprint !== fingerprintOf(config.encryptionKey))
    throw new BackupError('The bucket returned another encryption key.', {
      exitCode: exitCode.mismatch,
    });
  const strength = isThere ? '' : ` Your easy-to-remember key is ${strengthOf(easyKey)}: do not forget it.`;
  interview.say(
    `The encryption key is in the bucket, and was read back from it (fingerprint ${fingerprint}).${strength}`,
  );
}

export function lastRunOf({ config, aws, context }: Setup): Promise<LastRun | undefined> {
  return fetchLastRun({ ...config, aws, log: context.log });
}

/** @returns the exit code of the run */
export async function backUp({ config, interview, context }: Setup): Promise<number> {
  interview.say(`Backing up ${config.localDir}. If it is interrupted, run init again to continue.`);
  const flags = {
    waitSeconds: 0,
    allowsMassDelete: false,
    adopts: false,
    usesAnotherKey: false,
    isFull: false,
    isDry: false,
    isJson: false,
  };
  return sync(config.configFile, flags, context);
}

/**
 * @param path of the file, relative to LOCAL_DIR
 * @throws {BackupError} with exit code 6 if what is restored is not what is on disk
 */
export async function compareRestored({ config, aws, interview }: Setup, path: string): Promise<void> {
  const object = { bucket: aws.bucket, key: `${config.prefix}${path}` };
  const onDisk = join(config.localDir, path);
  await withPrivateFolder(async (folder) => {
    const restored = join(folder, 'restored');
    await fetchFile(aws, object, restored);
    if ((await sha256OfFile(restored)) !== (await sha256OnDisk(onDisk)))
      throw new BackupError(`"${path}", restored from the bucket, differs from the file on disk.`, {
        exitCode: exitCode.mismatch,
        hint: 'If it has changed since the backup, run init again. Otherwise trust nothing in the bucket until you know why.',
      });
  });
  interview.say(`"${printable(path)}" was restored from the bucket, and is identical to the file on disk.`);
}

/** @returns whether the backup is scheduled */
export async function scheduleRuns(
  { config, interview, context }: Setup,
  { schedule: given, isYes }: InitRequest,
): Promise<boolean> {
  const [there] = findSchedules(config.configFile);
  if (there !== undefined) {
    interview.say(`It is scheduled already, by ${there.files[0]?.path}.`);
    return true;
  }
  // No schedule is installed unless the user asks for it.
  const when = given ?? (isYes ? LATER : await askWhen(interview));
  if (when === LATER) return false;
  if (when === 'cron') await schedule(config.configFile, 'cron', 'daily', context);
  else await schedule(config.configFile, 'systemd', when as When, context);
  return true;
}

/** Offers the schedules that work for this user on this machine. */
async function askWhen(interview: Interview): Promise<string> {
  const bySystemd = isUsable('systemd') ? BY_SYSTEMD : [];
  const byCron = isUsable('cron') ? [BY_CRON] : [];
  const [first, ...others] = [...bySystemd, ...byCron];
  if (first !== undefined)
    return interview.choose('When should it run?', [first, ...others, BY_HAND], first.value);
  interview.say('Neither systemd nor cron can run it for this user now.');
  return LATER;
}

async function sha256OnDisk(file: string): Promise<string> {
  try {
    return await sha256OfFile(file);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new BackupError(`"${file}" can't be compared: ${describeError(error)}.`, {
      hint: 'If it was removed since the backup, run a backup and then init again.',
    });
  }
}

// Checks the records of earlier runs: how fresh the backup is, whether its key is escrowed, and whether other keys are
// used.
import type { AwsCli } from '../../aws/aws-cli.js';
import type { Remote } from '../../aws/remote.js';
import { shellQuote } from '../../cli/errors.js';
import { formatDuration } from '../../cli/units/quantities.js';
import { formatTime } from '../../cli/units/times.js';
import { findBackupsOfOtherKeys } from '../../records/backups-in-bucket.js';
import { type EscrowState, escrowStateOf, findEscrow } from '../../records/escrow-state.js';
import { lastTrialOfEscrow } from '../../records/escrow-trial.js';
import type { LastRun } from '../../records/last-run.js';
import { judgeFreshness } from '../freshness.js';
import { type Finding, ok, warning } from './finding.js';
import { runBackup } from './remedies.js';

interface Expectation {
  /** Seconds since the last complete run. */
  readonly maxAge: number;
  /** FULL_CHECK_HOURS */
  readonly fullCheckHours: number;
  readonly configFile: string;
}

/** @param now ms since the epoch */
export function judgeLastRun(
  lastRun: LastRun | undefined,
  { maxAge, fullCheckHours, configFile }: Expectation,
  now: number,
): Finding[] {
  const run = runBackup(configFile);
  if (lastRun === undefined) return [warning('last run', 'none has ended yet', run)];
  const { state, reason } = judgeFreshness({ lastRun }, maxAge, now);
  const since = (time: string) =>
    `${formatTime(Date.parse(time))}, ${formatDuration((now - Date.parse(time)) / 1000)} ago`;
  const checked = lastRun.lastFullCheck;
  // The runs between two full checks may be a day apart.
  const latest = now - (fullCheckHours * 3600 + maxAge) * 1000;
  return [
    state === 'OK' ? ok('last run', `${since(lastRun.ended)}, complete`) : warning('last run', reason, run),
    checked !== undefined && Date.parse(checked) >= latest
      ? ok('full check', since(checked))
      : warning(
          'full check',
          checked === undefined ? 'no run has compared the whole bucket' : since(checked),
          `${run} --full`,
        ),
  ];
}

/** @throws {AwsError} if the bucket can't be asked */
export async function checkEscrow(remote: Remote, configFile: string): Promise<Finding> {
  const found = await findEscrow(remote.aws);
  if (typeof found === 'string') return judgeEscrow('none', undefined, configFile, Date.now());
  const { is } = await escrowStateOf(remote.aws, found, undefined);
  return judgeEscrow(is, lastTrialOfEscrow(remote.aws), configFile, Date.now());
}

/**
 * @param tried when it was last read with the easy-to-remember key on this machine; ms since the epoch
 * @param now ms since the epoch
 */
export function judgeEscrow(
  escrow: EscrowState['is'] | 'none',
  tried: number | undefined,
  configFile: string,
  now: number,
): Finding {
  const file = shellQuote(configFile);
  const upload = `encrypted-s3-upload-key ${file}`;
  if (escrow === 'none')
    return warning(
      'escrow',
      'your encryption key is on this machine only: if that is lost, so is the backup',
      upload,
    );
  if (escrow === 'of another key')
    return warning('escrow', 'the key in the bucket is not that of this backup', upload);
  if (escrow === 'of an unknown key')
    return warning(
      'escrow',
      'the bucket has an encryption key, but nothing proves that it is that of this backup',
      upload,
    );
  if (tried === undefined)
    return warning(
      'escrow',
      'the bucket has the key of this backup; the easy-to-remember key was never tried on this machine: try it while you remember it',
      `encrypted-s3 doctor --escrow ${file}`,
    );
  const when = `${formatTime(tried)}, ${formatDuration((now - tried) / 1000)} ago`;
  return ok('escrow', `the bucket has the key of this backup; last tried ${when}`);
}

/** @throws {AwsError} if the bucket can't be asked */
export async function checkOtherKeys(aws: AwsCli, configFile: string): Promise<Finding> {
  const { profile, region, bucket } = aws;
  const others: string[] = [];
  for await (const { prefix } of findBackupsOfOtherKeys(aws)) others.push(`"${prefix}"`);
  if (others.length === 0) return ok('other keys', 'every backup in the bucket has this encryption key');
  return warning(
    'other keys',
    `the backups below ${others.join(', ')} have other encryption keys, but the escrow of a bucket holds only one: keep the other keys elsewhere, or use one bucket for each key`,
    `encrypted-s3 status --bucket --config ${shellQuote(configFile)} ${[profile, region, bucket].map(shellQuote).join(' ')}`,
  );
}

// The status of one backup in a bucket: its last run's record, its escrow, and how far back its history goes.
import type { Remote } from '../aws/remote.js';
import { listVersions } from '../aws/version-listing.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { BackupError } from '../cli/errors.js';
import { type EscrowState, escrowStateOf, findEscrow } from '../records/escrow-state.js';
import { fetchLastRun, type LastRun, RECORD, runFolderKey } from '../records/last-run.js';

export interface BackupStatus {
  readonly bucket: string;
  /** '' or ends in a `/`. */
  readonly prefix: string;
  readonly hasBucket: boolean;
  /** `undefined` if no run of this backup has ended yet. */
  readonly lastRun: LastRun | undefined;
  readonly hasEscrow: boolean;
  /** `undefined` if there is none. */
  readonly escrow: EscrowState | undefined;
  /** The end of the oldest run whose record the bucket still has (ms since the epoch); `undefined` if unknown. */
  readonly historySince: number | undefined;
}

/**
 * @throws {BackupError} with exit code 5 if the record was stored with another encryption key
 * @throws {AwsError} if the bucket can't be read
 */
export async function fetchBackupStatus(remote: Remote): Promise<BackupStatus> {
  const { aws, prefix } = remote;
  const [lastRun, { hasBucket, escrow }, historySince] = await allSettledOrThrow(
    fetchLastRun(remote),
    fetchEscrow(remote),
    fetchHistorySince(remote),
  );
  const hasEscrow = escrow !== undefined;
  return { bucket: aws.bucket, prefix, hasBucket, lastRun, hasEscrow, escrow, historySince };
}

async function fetchEscrow(remote: Remote): Promise<Pick<BackupStatus, 'hasBucket' | 'escrow'>> {
  const found = await findEscrow(remote.aws);
  if (typeof found === 'string') return { hasBucket: found !== 'no bucket', escrow: undefined };
  return { hasBucket: true, escrow: await escrowStateOf(remote.aws, found, undefined) };
}

/** `undefined` if the profile's user may not list versions, or the server does not implement them. */
async function fetchHistorySince({ aws, prefix, log }: Remote): Promise<number | undefined> {
  try {
    return await listVersions(aws, runFolderKey(prefix) + RECORD, async (versions) => {
      let oldest: number | undefined;
      for await (const { key, size, lastModified } of versions)
        if (key === '' && size !== undefined) oldest = Math.min(oldest ?? lastModified, lastModified);
      return oldest;
    });
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    log.info(`How far back the history goes is unknown: ${error.message}`);
    return undefined;
  }
}

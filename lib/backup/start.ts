// The beginning of a run: the last run's record is fetched while the disk is scanned.
import { existsSync } from 'node:fs';
import { AwsError } from '../aws/errors/aws-error.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { BackupError } from '../cli/errors.js';
import { findEscrow, type StoredEscrow } from '../records/escrow-state.js';
import { readUnfinished } from '../records/journal.js';
import { fetchLastRun, type LastRun, RECORD, runFolderKey } from '../records/last-run.js';
import { fetchTree, sha256IfReadable } from '../records/last-tree.js';
import type { StateFolder } from '../records/state-folder.js';
import { sha256OfFile } from '../tree/streams/sha256.js';
import { DamagedTreeError, openTree, treeLine } from '../tree/tree-file.js';
import type { Backup } from './backup.js';
import type { RunTimes } from './check/is-stored.js';
import { type LastRunFound, reasonForFull } from './check/why-full.js';
import type { Scan } from './scan/scan-writer.js';
import { scanLocalDir } from './scan.js';
import { assertSameSource, isSameSource } from './source/source.js';
import { warnOfSource } from './source/warnings.js';

export interface Start extends LastRunFound {
  /** The escrow; `not asked` if a record proves that there is a bucket. */
  readonly escrow: StoredEscrow | 'none' | 'no bucket' | 'not asked';
  readonly times: RunTimes;
  readonly scan: Scan;
  /** Why this run is a full one; `undefined` for a quick run. */
  readonly whyFull: string | undefined;
}

/** A scan, and the tree that it was merged with. */
type ScanWithTree = Pick<Start, 'scan' | 'tree'> & {
  /** When that tree's run ended, or began if its end is unknown; ms since the epoch. */
  readonly ended: number | undefined;
};

/**
 * @throws {BackupError} with exit code 5 if the last run had another encryption key, 4 if it was of another source
 * @throws {AwsError} if the bucket can't be asked
 */
export async function fetchLastRunAndScan(backup: Backup): Promise<Start> {
  const { flags, source, state, header, log } = backup;
  const fetching = fetchLastRun(backup).then((lastRun) => {
    assertSameSource(lastRun, source, flags.adopts);
    return lastRun;
  });
  const [escrow, lastRun, earlyScan] = await allSettledOrThrow(
    findEscrowWithoutRecord(backup, fetching),
    fetching,
    scanWithCopy(backup),
  );
  const { scan, tree, ended } = await scanWithTreeOf(backup, lastRun, earlyScan);
  const unfinished = readUnfinished(state.journal, lastRun?.runId);
  const isAdopted = lastRun !== undefined && !isSameSource(lastRun, source);
  warnOfSource(backup, lastRun, isAdopted, scan.ineffective);
  if (lastRun === undefined && escrow !== 'no bucket' && hasTreeCopy(state)) {
    log.warn(
      `The record of this backup is gone from the bucket "${backup.aws.bucket}", which had it at the last run. If nobody deleted it on purpose, find out what else is gone: encrypted-s3-list-versions shows what there is.`,
    );
  }
  const whyFull = reasonForFull(backup, { isAdopted, lastRun, tree, unfinished });
  log.info(whyFull === undefined ? 'This is a quick run.' : `This is a full run: ${whyFull}.`);
  const fullCheck = Date.parse(lastRun?.lastFullCheck ?? '');
  const last =
    ended === undefined ? undefined : { ended, fullCheck: Number.isNaN(fullCheck) ? ended : fullCheck };
  const times = { started: Date.parse(header.started), last };
  return { lastRun, escrow, tree, isAdopted, times, unfinished, scan, whyFull };
}

/**
 * Finds the escrow, and so whether there is a bucket. A record proves that; if the record can't be read, the error of
 * this listing says more. Without a local tree there is probably no record, so nothing waits for it.
 */
async function findEscrowWithoutRecord(
  { aws, state }: Backup,
  fetching: Promise<LastRun | undefined>,
): Promise<Start['escrow']> {
  if (!hasTreeCopy(state)) return findEscrow(aws);
  try {
    if ((await fetching) !== undefined) return 'not asked';
  } catch (error) {
    if (error instanceof AwsError) await findEscrow(aws);
    throw error;
  }
  return findEscrow(aws);
}

/** True if a run on this machine has stored a tree. */
export function hasTreeCopy({ treeCopy }: StateFolder): boolean {
  return treeCopy !== undefined && existsSync(treeCopy);
}

/**
 * Scans with this machine's copy of the last tree, before the record shows whether the copy is valid.
 * @returns the scan, with the copy's checksum
 */
async function scanWithCopy(
  backup: Backup,
): Promise<{ readonly scan: Scan; readonly sha256: string } | undefined> {
  const copy = backup.state.treeCopy;
  const sha256 = copy === undefined ? undefined : await sha256IfReadable(copy);
  // Without a copy, the scan waits for the tree that the bucket may have.
  if (copy === undefined || sha256 === undefined) return undefined;
  try {
    return { scan: await scanLocalDir(backup, await openTree(copy, treeLine)), sha256 };
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
    return undefined;
  }
}

async function scanWithTreeOf(
  backup: Backup,
  lastRun: LastRun | undefined,
  earlyScan: Awaited<ReturnType<typeof scanWithCopy>>,
): Promise<ScanWithTree> {
  const ended = Date.parse(lastRun?.ended ?? '');
  if (lastRun !== undefined && earlyScan?.sha256 === lastRun.treeSha256)
    return { scan: earlyScan.scan, tree: 'of the last run', ended };
  const file = lastRun && (await fetchTree(backup, backup.state, lastRun));
  if (lastRun === undefined || file === undefined)
    return { scan: await scanLocalDir(backup, undefined), tree: 'none', ended: undefined };
  try {
    const tree = await openTree(file, treeLine);
    const isOfLastRun = (await sha256OfFile(file)) === lastRun.treeSha256;
    return {
      scan: await scanLocalDir(backup, tree),
      tree: isOfLastRun ? 'of the last run' : 'of an earlier run',
      ended: isOfLastRun ? ended : Date.parse(tree.started),
    };
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
    throw new BackupError(`The tree of the last run can't be used. ${error.message}`, {
      hint: `Delete ${runFolderKey(backup.prefix)}${RECORD} in the bucket: the next run then compares the bucket's listing with the disk.`,
      cause: error,
    });
  }
}

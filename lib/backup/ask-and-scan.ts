// The beginning of a run: the bucket is asked for the last run's record while the disk is scanned.
import type { AwsCli } from '../aws/aws-cli.js';
import { AwsError } from '../aws/aws-error.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { BackupError } from '../cli/errors.js';
import { findEscrow } from '../records/escrow.js';
import { readUnfinished, type UnfinishedRun } from '../records/journal.js';
import { fetchLastRun, type LastRun, RUNS_PREFIX } from '../records/last-run.js';
import { fetchTree, sha256IfReadable } from '../records/last-tree.js';
import { sha256OfFile } from '../tree/streams/sha256.js';
import { DamagedTreeError, openTree, treeLine } from '../tree/tree-file.js';
import type { Backup } from './backup.js';
import type { RunTimes } from './check/is-stored.js';
import { type Scan, scanLocalDir } from './scan.js';
import { assertSameSource, isSameSource } from './source/source.js';

export interface StartingPoint {
  /** `undefined`: the backup is new, or one of the original scripts. */
  readonly lastRun: LastRun | undefined;
  /** Whether the encryption key is escrowed; asked here only where there may be no bucket. */
  readonly escrow: 'found' | 'none' | 'no bucket' | 'not asked';
  /** Whether there is a tree, and whether it is the one of the record. */
  readonly tree: 'none' | 'of the last run' | 'of an earlier run';
  /** Whether the last run was of another source, whose backup this one takes over. */
  readonly isAdopted: boolean;
  readonly times: RunTimes;
  /** The run before, if it did not end. */
  readonly unfinished: UnfinishedRun | undefined;
  readonly scan: Scan;
}

/**
 * @throws {BackupError} with exit code 5 if the last run had another encryption key, 4 if it was of another source
 * @throws {AwsError} if the bucket can't be asked
 */
export async function fetchLastRunAndScan(backup: Backup): Promise<StartingPoint> {
  const { aws, state } = backup;
  const record = fetchLastRun(backup).then((lastRun) => {
    assertSameSource(lastRun, backup.source, backup.flags.adopts);
    return lastRun;
  });
  const [escrow, lastRun, early] = await allSettledOrThrow(
    findBucket(aws, record),
    record,
    scanWithCopy(backup),
  );
  const unfinished = readUnfinished(state.unfinished);
  const started = Date.parse(backup.header.started);
  if (lastRun === undefined) {
    const scan =
      early.scan !== undefined && !early.hasTree ? early.scan : await scanLocalDir(backup, undefined);
    const times = { started, lastEnded: undefined, lastFullCheck: undefined };
    return { lastRun, escrow, tree: 'none', isAdopted: false, times, unfinished, scan };
  }
  const { scan, tree, treeStarted } = await scanWithTreeOf(backup, lastRun, early);
  const lastEnded = tree === 'of the last run' ? Date.parse(lastRun.ended) : treeStarted;
  const lastFullCheck = lastEnded && Date.parse(lastRun.lastFullCheck ?? '');
  const times = {
    started,
    lastEnded,
    lastFullCheck: Number.isNaN(lastFullCheck) ? undefined : lastFullCheck,
  };
  const isAdopted = !isSameSource(lastRun, backup.source);
  return { lastRun, escrow, tree, isAdopted, times, unfinished, scan };
}

/** A record is proof of a bucket. Where none can be had, what is wrong with the bucket as a whole tells more. */
async function findBucket(
  aws: AwsCli,
  record: Promise<LastRun | undefined>,
): Promise<StartingPoint['escrow']> {
  try {
    if ((await record) !== undefined) return 'not asked';
  } catch (error) {
    if (error instanceof AwsError) await findEscrow(aws);
    throw error;
  }
  return findEscrow(aws);
}

interface EarlyScan {
  readonly scan: Scan | undefined;
  /** Of the copy of the tree that it was made with. */
  readonly sha256: string | undefined;
  readonly hasTree: boolean;
}

/** A scan with this machine's copy of the last tree, while the record is on its way that tells whether it is that. */
async function scanWithCopy(backup: Backup): Promise<EarlyScan> {
  const copy = backup.state.treeCopy;
  const sha256 = copy === undefined ? undefined : await sha256IfReadable(copy);
  // Without a copy, a scan has to wait for the tree that the bucket may have.
  if (copy === undefined || sha256 === undefined)
    return { scan: undefined, sha256: undefined, hasTree: false };
  try {
    return { scan: await scanWith(backup, copy), sha256, hasTree: true };
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
    return { scan: undefined, sha256: undefined, hasTree: false };
  }
}

async function scanWith(backup: Backup, treeFile: string): Promise<Scan> {
  return scanLocalDir(backup, await openTree(treeFile, treeLine));
}

async function scanWithTreeOf(
  backup: Backup,
  lastRun: LastRun,
  early: EarlyScan,
): Promise<{ scan: Scan; tree: StartingPoint['tree']; treeStarted: number | undefined }> {
  if (early.scan !== undefined && early.sha256 === lastRun.treeSha256)
    return { scan: early.scan, tree: 'of the last run', treeStarted: undefined };
  const { prefix, state } = backup;
  const file = await fetchTree(backup, state, lastRun);
  if (file === undefined)
    return { scan: await scanLocalDir(backup, undefined), tree: 'none', treeStarted: undefined };
  try {
    const { started } = await openTree(file, treeLine);
    const isOfLastRun = (await sha256OfFile(file)) === lastRun.treeSha256;
    return {
      scan: await scanWith(backup, file),
      tree: isOfLastRun ? 'of the last run' : 'of an earlier run',
      treeStarted: Date.parse(started),
    };
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
    throw new BackupError(`The tree of the last run can't be used. ${error.message}`, {
      hint: `Delete ${RUNS_PREFIX}${prefix}last-run.json in the bucket: the next run then goes by what the bucket holds.`,
      cause: error,
    });
  }
}

// What a run and a dry run have in common, up to the first change: the bucket and the disk are asked.
import type { AwsCli } from '../aws/aws-cli.js';
import { AwsError } from '../aws/aws-error.js';
import { listPrefix, type StoredObject } from '../aws/listing.js';
import { load } from '../load.js';
import { findEscrow } from '../run/escrow.js';
import { fetchLastRun, type LastRun } from '../run/last-run.js';
import type { Findings } from '../run/reconcile.js';
import type { Run } from '../run/run.js';
import { checkSource } from '../run/source.js';
import type { Spool } from '../run/spool.js';
import type { Stock } from '../run/take-stock.js';
import { sideBySide } from '../side-by-side.js';
import type { Batches } from '../tree/batches.js';

export interface Survey {
  /** Whether the key is escrowed; asked only where it is not known that there is a bucket. */
  readonly escrow: 'found' | 'none' | 'no bucket' | 'not asked';
  /** Whether the last run's record was there, so that its key is this one. */
  readonly hasRecord: boolean;
  /** Whether its tree was there, so that the stock's losses mean something. */
  readonly hasTree: boolean;
  readonly stock: Stock;
  /** Keys, as JSON texts, of the last run's files that are gone: those that the stock's losses count. */
  readonly goneInTree: Spool;
  /**
   * The listing, compared with what is on disk. It is under way, and has had its first page: it tells of the bucket as
   * it is before a transfer that begins now, since `aws s3 sync` lists it too, and more slowly.
   */
  readonly findings: Promise<Findings>;
}

/** @throws {BackupError} with exit code 5 if the last run had another key, 4 if it was of another source */
export async function survey(run: Run): Promise<Survey> {
  const { aws, key, upload } = run;
  const record = fetchLastRun(aws, key, upload.prefix).then((lastRun) => {
    checkSource(lastRun, run.source, run.adopts);
    return lastRun;
  });
  let onFirstPage = () => {};
  const firstPage = new Promise<void>((resolve) => {
    onFirstPage = resolve;
  });
  // Loaded while the AWS CLI works: when both calls are under way.
  const loaded = Promise.resolve().then(() =>
    Promise.all([
      load<typeof import('../run/compare-with-tree.js')>('./run/compare-with-tree.js'),
      load<typeof import('../run/look.js')>('./run/look.js'),
    ]),
  );
  const comparison = sideBySide(record, loaded).then(([lastRun, [{ compareWithTree }]]) =>
    compareWithTree(run, lastRun),
  );
  const read = async (objects: Batches<StoredObject>) => {
    const { notes, lastEnded } = await comparison;
    const [, { compareFirst }] = await loaded;
    return compareFirst(run, notes, lastEnded, objects);
  };
  const listing = listPrefix(aws, upload.prefix, read, onFirstPage);
  const listed = listing.then(
    () => undefined,
    () => undefined,
  );
  try {
    const [escrow, lastRun, { stock, hasTree, notes, goneInTree }] = await sideBySide(
      findBucket(aws, record),
      record,
      comparison,
    );
    const hasBucket = escrow !== 'no bucket';
    await (hasBucket ? Promise.race([firstPage, listed]) : listed);
    const [, { compareWithNothing }] = await loaded;
    const findings = hasBucket ? listing : compareWithNothing(run, notes);
    findings.catch(() => undefined); // It may fail before it is waited for.
    return { escrow, hasRecord: lastRun !== undefined, hasTree, stock, goneInTree, findings };
  } catch (error) {
    await listed;
    throw error;
  }
}

/** A record is proof of a bucket. Where none can be had, what is wrong with the bucket as a whole tells more. */
async function findBucket(aws: AwsCli, record: Promise<LastRun | undefined>): Promise<Survey['escrow']> {
  try {
    if ((await record) !== undefined) return 'not asked';
  } catch (error) {
    if (error instanceof AwsError) await findEscrow(aws);
    throw error;
  }
  return findEscrow(aws);
}

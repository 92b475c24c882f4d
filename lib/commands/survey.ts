// What a run and a dry run have in common, up to the first change: the bucket and the disk are asked.
import { listPrefix, type StoredObject } from '../aws/listing.js';
import { fetchLastRun, type LastRun } from '../run/last-run.js';
import type { Findings } from '../run/reconcile.js';
import type { Run } from '../run/run.js';
import type { Stock } from '../run/take-stock.js';
import { sideBySide } from '../side-by-side.js';

/** For so long (ms) the escrowed key is taken to be where it was seen: then S3 is asked again. */
const ESCROW_BELIEVED = 7 * 24 * 60 * 60 * 1000;

export interface Survey {
  readonly escrow: Escrow;
  /** Whether the last run's record was there, so that its key is this one. */
  readonly hasRecord: boolean;
  /** Whether its tree was there, so that the stock's losses mean something. */
  readonly hasTree: boolean;
  readonly stock: Stock;
  /**
   * The listing, compared with what is on disk. It is under way, and has had its first page: it tells of the bucket as
   * it is before a transfer that begins now, since `aws s3 sync` lists it too, and more slowly.
   */
  readonly findings: Promise<Findings>;
}

/** The escrowed key. `seen`: when, in ISO 8601. */
export type Escrow =
  | { readonly is: 'there'; readonly seen: string }
  | { readonly is: 'missing' }
  | { readonly is: 'without a bucket' };

/** @throws {BackupError} with exit code 5 if the last run had another key */
export async function survey(run: Run): Promise<Survey> {
  const { aws, key, upload } = run;
  const record = fetchLastRun(aws, key, upload.prefix);
  let onFirstPage = () => {};
  const firstPage = new Promise<void>((resolve) => {
    onFirstPage = resolve;
  });
  // Loaded while the AWS CLI works.
  const loaded = Promise.all([import('../run/compare-with-tree.js'), import('../run/look.js')]);
  const comparison = sideBySide(record, loaded).then(([lastRun, [{ compareWithTree }]]) =>
    compareWithTree(run, lastRun),
  );
  const read = async (objects: AsyncGenerator<StoredObject>) => {
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
    const [lastRun, escrow, { stock, hasTree, notes }] = await sideBySide(
      record,
      record.then((it) => findEscrow(run, it)),
      comparison,
    );
    const hasBucket = escrow.is !== 'without a bucket';
    await (hasBucket ? Promise.race([firstPage, listed]) : listed);
    const [, { compareWithNothing }] = await loaded;
    const findings = hasBucket ? listing : compareWithNothing(run, notes);
    findings.catch(() => undefined); // It may fail before it is waited for.
    return { escrow, hasRecord: lastRun !== undefined, hasTree, stock, findings };
  } catch (error) {
    await listed;
    throw error;
  }
}

async function findEscrow({ aws }: Run, lastRun: LastRun | undefined): Promise<Escrow> {
  const seen = lastRun?.escrowSeen ?? '';
  const age = Date.now() - Date.parse(seen);
  if (age >= 0 && age < ESCROW_BELIEVED) return { is: 'there', seen };
  const escrow = await import('../run/escrow.js');
  const found = await escrow.findEscrow(aws);
  if (found === 'found') return { is: 'there', seen: new Date().toISOString() };
  return { is: found === 'none' ? 'missing' : 'without a bucket' };
}

// The listing of the bucket, compared with what the walk has noted.
import { listPrefix, type StoredObject } from '../aws/listing.js';
import type { Run } from '../backup/backup.js';
import { type Findings, reconcile } from '../backup/check.js';
import { type Batches, nothing } from '../tree/batches.js';
import { bytesOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { inspectFile } from '../tree/inspect.js';
import type { Spool } from '../tree/spool.js';
import { type Judge, judgeAfter, judgeBefore } from './verdicts.js';

/**
 * Lists the bucket and compares it with the notes.
 * @param pass counted up from 1
 * @throws {AwsError} if the listing failed
 */
export function look(run: Run, pass: number, notes: Spool): Promise<Findings> {
  const judge = judgeAfter(inspector(run), Date.parse(run.header.started));
  return listPrefix(run.aws, run.upload.prefix, (objects) => compare(run, `${pass}`, notes, objects, judge));
}

/**
 * Compares the objects of the bucket with what the walk has noted, before the transfer or beside it.
 * @param lastEnded when the run ended whose tree the walk was compared with (ms since the epoch)
 */
export function compareFirst(
  run: Run,
  notes: Spool,
  lastEnded: number | undefined,
  objects: Batches<StoredObject>,
): Promise<Findings> {
  return compare(run, 'first', notes, objects, judgeBefore(inspector(run), lastEnded));
}

/** What there is to do where there is no bucket yet. */
export function compareWithNothing(run: Run, notes: Spool): Promise<Findings> {
  return compare(run, 'no bucket', notes, nothing(), judgeBefore(inspector(run), undefined));
}

function compare(
  { upload, isExcluded, header, state }: Run,
  pass: string,
  notes: Spool,
  objects: Batches<StoredObject>,
  judge: Judge,
): Promise<Findings> {
  const { localDir, followSymlinks } = upload;
  const options = { root: bytesOf(localDir), followSymlinks, isExcluded, header, folder: state.runFolder };
  return reconcile(options, pass, notes, objects, judge);
}

function inspector({ upload }: Run): (entry: Entry) => ReturnType<typeof inspectFile> {
  const root = bytesOf(upload.localDir);
  return ({ key }) => inspectFile(root, key, upload.followSymlinks);
}

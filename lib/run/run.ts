// What the steps of one run share.
import type { Upload } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { listPrefix, type StoredObject } from '../aws/listing.js';
import type { EncryptionKey } from '../encryption-key.js';
import type { Log } from '../terminal/log.js';
import { bytesOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { inspectFile } from '../tree/inspect.js';
import type { TreeHeader } from '../tree/tree-file.js';
import type { IsExcluded } from './exclusion.js';
import type { GuardOptions } from './guard.js';
import { type Findings, reconcile } from './reconcile.js';
import type { Shortfalls } from './shortfalls.js';
import type { Spool } from './spool.js';
import type { StateFolder } from './state-folder.js';
import { judgeAfter, judgeBefore } from './verdicts.js';

export interface Run {
  readonly aws: AwsCli;
  readonly key: EncryptionKey;
  readonly upload: Upload;
  readonly isExcluded: IsExcluded;
  readonly guard: GuardOptions;
  readonly state: StateFolder;
  /** Of LOCAL_DIR when the run began. */
  readonly identity: string;
  /** Of the tree that this run makes. */
  readonly header: TreeHeader;
  readonly shortfalls: Shortfalls;
  readonly log: Log;
}

/**
 * Lists the bucket and compares it with the notes.
 * @param pass counted up from 1
 * @throws {AwsError} if the listing failed
 */
export function look(run: Run, pass: number, notes: Spool): Promise<Findings> {
  return listPrefix(run.aws, run.upload.prefix, (objects) => compare(run, pass, notes, objects));
}

/**
 * The first look, before the transfer or beside it. The listing begins at once, and waits for the notes.
 * @param onFirstPage called when the listing is under way
 */
export function lookFirst(run: Run, notes: Promise<Spool>, onFirstPage: () => void): Promise<Findings> {
  const read = async (objects: AsyncGenerator<StoredObject>) => compare(run, 'first', await notes, objects);
  return listPrefix(run.aws, run.upload.prefix, read, onFirstPage);
}

/** What `look` would find before the transfer if there were a bucket. */
export function lookAtNothing(run: Run, notes: Spool): Promise<Findings> {
  return compare(run, 'no bucket', notes, nothing());
}

async function* nothing(): AsyncGenerator<never> {}

function compare(
  { upload, isExcluded, header, state }: Run,
  pass: number | 'first' | 'no bucket',
  notes: Spool,
  objects: AsyncGenerator<StoredObject>,
): Promise<Findings> {
  const { localDir, followSymlinks } = upload;
  const root = bytesOf(localDir);
  const inspect = (entry: Entry) => inspectFile(root, entry.key, followSymlinks);
  const judge =
    typeof pass === 'number' ? judgeAfter(inspect, Date.parse(header.started)) : judgeBefore(inspect);
  const options = { root, followSymlinks, isExcluded, header, folder: state.runFolder };
  return reconcile(options, `${pass}`, notes, objects, judge);
}

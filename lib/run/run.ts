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
import { type Judge, judgeAfter, judgeBefore } from './verdicts.js';

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
  const judge = judgeAfter(inspector(run), Date.parse(run.header.started));
  return listPrefix(run.aws, run.upload.prefix, (objects) => compare(run, `${pass}`, notes, objects, judge));
}

/** What the walk has noted, and when the run ended (ms since the epoch) whose tree it was compared with. */
export interface Walked {
  readonly notes: Spool;
  readonly lastEnded: number | undefined;
}

/**
 * The first look, before the transfer or beside it. The listing begins at once, and waits for the notes.
 * @param onFirstPage called when the listing is under way
 */
export function lookFirst(run: Run, walked: Promise<Walked>, onFirstPage: () => void): Promise<Findings> {
  const read = async (objects: AsyncGenerator<StoredObject>) => {
    const { notes, lastEnded } = await walked;
    return compare(run, 'first', notes, objects, judgeBefore(inspector(run), lastEnded));
  };
  return listPrefix(run.aws, run.upload.prefix, read, onFirstPage);
}

/** What `look` would find before the transfer if there were a bucket. */
export function lookAtNothing(run: Run, notes: Spool): Promise<Findings> {
  return compare(run, 'no bucket', notes, nothing(), judgeBefore(inspector(run), undefined));
}

async function* nothing(): AsyncGenerator<never> {}

function compare(
  { upload, isExcluded, header, state }: Run,
  pass: string,
  notes: Spool,
  objects: AsyncGenerator<StoredObject>,
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

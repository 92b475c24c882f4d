// The tree file of the last run: the copy on this machine, or that in the bucket.
import { join } from 'node:path';
import { download } from '../aws/arguments/download-arguments.js';
import { kindOfAwsError } from '../aws/errors/error-kinds.js';
import type { Remote } from '../aws/remote.js';
import type { Log } from '../cli/log/log.js';
import { parseEntry } from '../tree/entry-line.js';
import { flatten } from '../tree/streams/batches.js';
import { sha256OfFile } from '../tree/streams/sha256.js';
import { DamagedTreeError, openTree } from '../tree/tree-file.js';
import { FETCHED_TREE, type LastRun, runFolderKey, TREE } from './last-run.js';
import type { StateFolder } from './state-folder.js';

/**
 * The tree file of the last run: the local copy if its checksum is the record's, otherwise the bucket's.
 * @returns `undefined` if none is whole: the run lists the bucket instead
 * @throws {BackupError} if a later version wrote it
 */
export async function fetchTree(
  { aws, prefix, log }: Remote,
  { treeCopy, runFolder }: Pick<StateFolder, 'treeCopy' | 'runFolder'>,
  { treeSha256 }: LastRun,
): Promise<string | undefined> {
  if (treeCopy !== undefined && (await sha256IfReadable(treeCopy)) === treeSha256) return treeCopy;
  const file = join(runFolder, FETCHED_TREE);
  const args = download({ bucket: aws.bucket, key: runFolderKey(prefix) + TREE }, file);
  const answer = await aws.run(args);
  if (answer.exitCode !== 0) {
    if (kindOfAwsError(answer.stderr) !== 'not-found') throw aws.errorOf(args, answer);
    log.info('There is no tree of the last run in the bucket.');
    return undefined;
  }
  // A run that was killed while it stored its record has stored the tree only: a whole tree can be used without it.
  if ((await sha256IfReadable(file)) === treeSha256 || (await isWhole(file, log))) return file;
  return undefined;
}

async function isWhole(file: string, log: Log): Promise<boolean> {
  try {
    for await (const _ of flatten((await openTree(file, parseEntry)).entries));
    return true;
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
    log.info(`The tree of the last run is not used: ${error.message}`);
    return false;
  }
}

/** `undefined` if the file can't be read. */
export function sha256IfReadable(file: string): Promise<string | undefined> {
  return sha256OfFile(file).catch(() => undefined);
}

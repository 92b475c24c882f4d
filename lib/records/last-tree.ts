// The tree file of the last run: the copy on this machine, or that in the bucket.
import { join } from 'node:path';
import { download } from '../aws/arguments/download-arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { kindOfAwsError } from '../aws/aws-error.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { entryOf } from '../tree/entry-line.js';
import { flatten } from '../tree/streams/batches.js';
import { sha256OfFile } from '../tree/streams/sha256.js';
import { DamagedTreeError, openTree, parseLinesWith } from '../tree/tree-file.js';
import { FETCHED_TREE, type LastRun, runFolderKey, TREE } from './last-run.js';

/**
 * The tree file of the last run: the copy if it is that run's to the byte, otherwise the bucket's.
 * @param copy where a copy may be
 * @param folder the run's own
 * @returns `undefined` if there is none that is whole: then the listing has to do
 * @throws {BackupError} if a later version wrote it
 */
export async function fetchTree(
  aws: AwsCli,
  key: EncryptionKey,
  prefix: string,
  { treeSha256 }: LastRun,
  copy: string | undefined,
  folder: string,
  log: (message: string) => void,
): Promise<string | undefined> {
  if (copy !== undefined && (await sha256IfReadable(copy)) === treeSha256) return copy;
  const file = join(folder, FETCHED_TREE);
  const args = download({ bucket: aws.bucket, key: runFolderKey(prefix) + TREE }, file);
  const answer = await aws.run(args, { key });
  if (answer.exitCode !== 0) {
    if (kindOfAwsError(answer.stderr) !== 'not-found') throw aws.errorOf(args, answer);
    log('There is no tree of the last run in the bucket.');
    return undefined;
  }
  // A run that was killed while it stored its record has left one without the other; each is good by itself.
  if ((await sha256IfReadable(file)) === treeSha256 || (await isWhole(file, log))) return file;
  return undefined;
}

async function isWhole(file: string, log: (message: string) => void): Promise<boolean> {
  try {
    for await (const _ of flatten((await openTree(file, parseLinesWith(entryOf))).entries));
    return true;
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
    log(`The tree of the last run is not used: ${error.message}`);
    return false;
  }
}

/** `undefined` if the file can't be read. */
export function sha256IfReadable(file: string): Promise<string | undefined> {
  return sha256OfFile(file).catch(() => undefined);
}

// The proof of a full run: a random file is read back from the bucket. It must be refused without the encryption key
// and with a wrong one, and be identical with it. Of a large file, a random part is compared.
import { closeSync } from 'node:fs';
import { s3Url } from '../aws/arguments/object-arguments.js';
import { verifyObject } from '../aws/sse-c/verify-object.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { BackupError, errnoOf } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { type Bytes, textOf } from '../tree/bytes.js';
import { type Entry, milliseconds } from '../tree/entry.js';
import { randomBelow } from '../tree/streams/random-sample.js';
import { sha256OfOpen } from '../tree/streams/sha256.js';
import type { Backup } from './backup.js';
import { isSameInode } from './scan/same-file.js';
import { FileOpener } from './source/file-opener.js';
import { rangeToCompare } from './verify/range-to-compare.js';

const MISMATCHES: ReadonlySet<number> = new Set([exitCode.wrongKey, exitCode.mismatch]);

export interface Verified {
  /** The key of the file that was compared; `undefined` if no candidate stayed unchanged. */
  readonly key: Bytes | undefined;
  /** With exit code 5 or 6: the object has another encryption key, is readable without it, or differs. */
  readonly mismatch?: BackupError;
}

/**
 * Verifies the first of `candidates` that does not change meanwhile.
 * @param candidates in random order
 * @throws {AwsError} if the object can't be read
 */
export async function verifyRandomFile(backup: Backup, candidates: readonly Entry[]): Promise<Verified> {
  for (const candidate of candidates) {
    const { key } = candidate;
    const descriptor = openCandidate(backup, candidate);
    if (descriptor === undefined) continue;
    try {
      if (await verify(backup, candidate, descriptor)) return { key };
    } catch (error) {
      if (error instanceof BackupError && MISMATCHES.has(error.exitCode)) return { key, mismatch: error };
      throw error;
    } finally {
      closeSync(descriptor);
    }
  }
  backup.log.info('Verification: SKIPPING -- no unchanged local files found.');
  return { key: undefined };
}

/** @returns `undefined` for a file that has gone or become unreadable */
function openCandidate({ localDirDescriptor, followSymlinks }: Backup, { key }: Entry): number | undefined {
  const opener = new FileOpener(localDirDescriptor, followSymlinks);
  try {
    return opener.open(key);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  } finally {
    opener.close();
  }
}

/** @returns whether the result counts: the file was as scanned, before and after */
async function verify(backup: Backup, { key, inode }: Entry, descriptor: number): Promise<boolean> {
  const { aws, prefix, localDir, header, fileSystems, log } = backup;
  const path = textOf(key);
  const object = { bucket: aws.bucket, key: prefix + path };
  const range = rangeToCompare(inode.size, randomBelow);
  const file = `"${localDir}/${path}"`;
  const what = range === undefined ? file : `bytes ${range.first} to ${range.last} of ${file}`;
  // A file that changed during the run may not have been uploaded as it is now.
  const isOld = milliseconds(inode.ctime) < Date.parse(header.started);
  // A renamed folder may have put another file under its path.
  if (!isOld || !isSameInode(fileSystems.inodeOfOpen(descriptor), inode)) return false;
  const [stored, sha256] = await allSettledOrThrow(
    verifyObject(aws, object, inode.size, range),
    sha256OfOpen(descriptor, range),
  );
  if (!isSameInode(fileSystems.inodeOfOpen(descriptor), inode)) return false;
  // The comparison with the listing reports a missing object.
  if (stored === 'not-found') return false;
  if (stored === 'archived') {
    log.info(`${s3Url(object)} is archived, and can't be read back.`);
    return false;
  }
  if (stored.sha256 !== sha256) {
    throw new BackupError(`Downloaded file checksum mismatch: ${s3Url(object)} differs from ${what}.`, {
      exitCode: exitCode.mismatch,
      hint: 'Upload the file again: run "touch" on it, then the backup. Then look for the cause.',
    });
  }
  log.info(`Verified ${what}.`);
  return true;
}

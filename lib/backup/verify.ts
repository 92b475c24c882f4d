// The daily proof: a random file of the backup is read back, must be refused without the encryption key and with a wrong
// one, and must be identical with it. Of a large file, that is a random part.
import { type BigIntStats, closeSync, createReadStream, fstatSync } from 'node:fs';
import type { ByteRange } from '../aws/arguments/download-arguments.js';
import { s3Url } from '../aws/arguments/object-arguments.js';
import { verifyObject } from '../aws/verify-object.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { BackupError, errnoOf } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { type Bytes, textOf } from '../tree/bytes.js';
import type { Entry, Inode } from '../tree/entry.js';
import { sha256Of } from '../tree/streams/sha256.js';
import type { Backup } from './backup.js';
import { FileOpener } from './upload/open-due.js';
import { randomBelow } from './verify/random.js';
import { rangeToCompare } from './verify/random-range.js';

const MISMATCHES: ReadonlySet<number> = new Set([exitCode.wrongKey, exitCode.mismatch]);

/** What a verification came to. */
export interface Verified {
  /** Of the file; `undefined`: there was none that stayed unchanged. */
  readonly key: Bytes | undefined;
  /** With exit code 5 or 6: the object has another key, can be read without it, or differs. */
  readonly mismatch?: BackupError;
}

/**
 * Verifies the first of `candidates` that stays unchanged meanwhile.
 * @param candidates in random order
 * @throws {AwsError} if the bucket can't be asked
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

/** A file that vanished, or became something else, is no candidate any more. */
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

/** @returns whether it proves anything: the file is as the tree has it, before and after */
async function verify(backup: Backup, { key, inode }: Entry, descriptor: number): Promise<boolean> {
  const { aws, prefix, localDir, header, log } = backup;
  const path = textOf(key);
  const object = { bucket: aws.bucket, key: prefix + path };
  const range = rangeToCompare(inode.size, randomBelow);
  const file = `"${localDir}/${path}"`;
  const what = range === undefined ? file : `bytes ${range.first} to ${range.last} of ${file}`;
  const before = fstatSync(descriptor, { bigint: true });
  // What changed later may not have been uploaded as it is now.
  const isOld = before.ctimeMs < BigInt(Date.parse(header.started));
  if (!isOld || !isAsNoted(before, inode)) return false;
  const [stored, sha256] = await allSettledOrThrow(
    verifyObject(backup, object, inode.size, range),
    sha256OfPart(descriptor, range),
  );
  if (!isAsNoted(fstatSync(descriptor, { bigint: true }), inode)) return false;
  // Whether it has to be there, the listing tells.
  if (stored === 'not-found') return false;
  if (stored === 'archived') {
    log.info(`${s3Url(object)} is archived, and can't be read back.`);
    return false;
  }
  if (stored.sha256 !== sha256) {
    throw new BackupError(`Downloaded file checksum mismatch: ${s3Url(object)} differs from ${what}.`, {
      exitCode: exitCode.mismatch,
      hint: 'Run "touch" on the file and the backup again, so that it is stored anew; then look for the cause.',
    });
  }
  log.info(`Verified ${what}.`);
  return true;
}

function sha256OfPart(descriptor: number, range: ByteRange | undefined): Promise<string> {
  const part = range === undefined ? { start: 0 } : { start: range.first, end: range.last };
  return sha256Of(createReadStream('', { fd: descriptor, autoClose: false, ...part }));
}

/** Whether it is the file that was compared with the listing: another one may have come to its name with a folder. */
function isAsNoted({ ctimeNs, size, ino }: BigIntStats, noted: Inode): boolean {
  const isSame = `${ctimeNs}` === noted.ctime && `${size}` === `${noted.size}`;
  return isSame && (noted.ino === undefined || `${ino}` === `${noted.ino}`);
}

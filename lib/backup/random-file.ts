// A random file of the backup, compared with what the bucket gives back.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type ByteRange, s3Url, type Upload } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import type { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import { sideBySide } from '../side-by-side.js';
import { textOf } from '../tree/bytes.js';
import type { Entry, Inode } from '../tree/entry.js';
import { randomBelow } from './random.js';
import { rangeToCompare } from './random-range.js';
import { sha256Of } from '../tree/sha256.js';
import { readInThreeWays } from '../aws/verification.js';

/**
 * Verifies the first of `candidates` that stays unchanged meanwhile; of a large one, a random part.
 * @param candidates in random order
 * @param since files changed later (ms) may not have been uploaded as they are now, and prove nothing
 * @throws {BackupError} with exit code 5 or 6 if the object has another key, or differs
 */
export async function verifyRandomFile(
  aws: AwsCli,
  key: EncryptionKey,
  upload: Upload,
  candidates: readonly Entry[],
  since: number,
  log: (message: string) => void,
): Promise<void> {
  const flags =
    constants.O_RDONLY | constants.O_NONBLOCK | (upload.followSymlinks ? 0 : constants.O_NOFOLLOW);
  for (const candidate of candidates) {
    const path = textOf(candidate.key);
    const file = `${upload.localDir}/${path}`;
    // A file that vanished, or became something else, is no candidate any more.
    const handle = await open(file, flags).catch(() => undefined);
    if (handle === undefined) continue;
    const { inode } = candidate;
    const range = rangeToCompare(inode.size, randomBelow);
    const what = range === undefined ? `"${file}"` : `bytes ${range.first} to ${range.last} of "${file}"`;
    try {
      const object = { bucket: upload.bucket, key: upload.prefix + path };
      if (await verify(handle, inode, range, object, what)) {
        log(`Verified ${what}.`);
        return;
      }
    } finally {
      await handle.close();
    }
  }
  log('Verification: SKIPPING -- no unchanged local files found.');

  async function verify(
    handle: FileHandle,
    noted: Inode,
    range: ByteRange | undefined,
    object: { bucket: string; key: string },
    what: string,
  ): Promise<boolean> {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile() || before.ctimeMs >= BigInt(since) || !isAsNoted(before, noted)) return false;
    const part = range === undefined ? { start: 0 } : { start: range.first, end: range.last };
    const content = handle.createReadStream({ autoClose: false, ...part });
    const [stored, sha256] = await sideBySide(
      readInThreeWays(aws, object, key, noted.size, range),
      sha256Of(content),
    );
    if (!isAsNoted(await handle.stat({ bigint: true }), noted)) return false;
    // Whether it has to be there, the listing tells.
    if (stored === 'not-found') return false;
    if (stored === 'archived') {
      log(`${s3Url(object)} is archived, and can't be read back.`);
      return false;
    }
    if (stored.sha256 !== sha256) {
      throw new BackupError(`Downloaded file checksum mismatch: ${s3Url(object)} differs from ${what}.`, {
        exitCode: exitCode.mismatch,
        hint: 'Run "touch" on the file and the backup again, so that it is stored anew; then look for the cause.',
      });
    }
    return true;
  }
}

/** Whether it is the file that was compared with the listing: another one may have come to its name with a folder. */
function isAsNoted({ ctimeNs, size, ino }: BigIntStats, noted: Inode): boolean {
  const isSame = `${ctimeNs}` === noted.ctime && `${size}` === `${noted.size}`;
  return isSame && (noted.ino === undefined || `${ino}` === `${noted.ino}`);
}

// A random file of the backup, compared with what the bucket gives back.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { s3Url, type Upload } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { readInThreeWays } from '../aws/verification.js';
import type { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import { sideBySide } from '../side-by-side.js';
import { textOf } from '../tree/bytes.js';
import type { Entry, Inode } from '../tree/entry.js';
import { sha256Of } from '../tree/sha256.js';

/**
 * Verifies the first of `candidates` that stays unchanged meanwhile.
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
  for (const candidate of candidates) {
    const path = textOf(candidate.key);
    const file = `${upload.localDir}/${path}`;
    // A file that vanished, or became something else, is no candidate any more.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
    if (handle === undefined) continue;
    try {
      if (await verify(handle, candidate.inode, file, { bucket: upload.bucket, key: upload.prefix + path })) {
        log(`Verified "${file}".`);
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
    file: string,
    object: { bucket: string; key: string },
  ): Promise<boolean> {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile() || before.ctimeMs >= BigInt(since) || !isAsNoted(before, noted)) return false;
    const content = handle.createReadStream({ autoClose: false, start: 0 });
    const [stored, sha256] = await sideBySide(readInThreeWays(aws, object, key), sha256Of(content));
    const after = await handle.stat({ bigint: true });
    if (after.ctimeNs !== before.ctimeNs) return false;
    // Whether it has to be there, the listing tells.
    if (stored === 'not-found') return false;
    if (stored === 'archived') {
      log(`${s3Url(object)} is archived, and can't be read back.`);
      return false;
    }
    if (stored.sha256 !== sha256) {
      throw new BackupError(`Downloaded file checksum mismatch: ${s3Url(object)} differs from "${file}".`, {
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

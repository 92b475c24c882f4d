// The first upload to an empty prefix: one `aws s3 sync`, which finds all files by itself. What it has uploaded, the
// check tells, however it ended.
import type { Readable } from 'node:stream';
import { syncArguments } from '../../aws/arguments/upload-arguments.js';
import { splitLines } from '../../aws/child-output.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { partsOfPath } from '../../tree/disk/places.js';
import type { Backup } from '../backup.js';
import type { ScanCounts } from '../scan.js';

const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;

/**
 * Whether `aws s3 sync` uploads just what the scan has seen: it opens files by their paths, so that nobody else may be
 * able to change what is there, and it knows nothing of what is left out.
 */
export function isSyncSafe(
  { config, localDir, followSymlinks }: Backup,
  { excluded, othersFolders }: ScanCounts,
): boolean {
  const isAllTaken = excluded === 0 && !followSymlinks && !leavesOut(config);
  return isAllTaken && othersFolders === 0 && !isOthersPath(localDir);
}

/** True if something may be left out that comes after the scan. */
function leavesOut(config: BackupConfig): boolean {
  const { exclude, excludeCaches, excludeIfPresent, excludeLargerThan, oneFileSystem } = config;
  const isSet = excludeIfPresent !== undefined || excludeLargerThan !== undefined;
  return exclude.length > 0 || excludeCaches || oneFileSystem || isSet;
}

/** True if somebody else than root and this user could change LOCAL_DIR, or where its path leads. */
function isOthersPath(localDir: string): boolean {
  const user = process.geteuid?.();
  const places = partsOfPath(localDir);
  return places.some(({ uid, mode }, index) => {
    // Above LOCAL_DIR, a sticky folder is no danger: nobody can rename there what is not theirs.
    const isSticky = (mode & STICKY) !== 0 && index < places.length - 1;
    return (uid !== 0 && uid !== user) || ((mode & OTHERS_WRITE) !== 0 && !isSticky);
  });
}

/** @returns how many files were uploaded, as the AWS CLI tells @throws {InterruptedError} if a signal ended it */
export async function uploadBySync(backup: Backup, files: number): Promise<number> {
  const { aws, encryptionKey, localDir, prefix, config, log } = backup;
  const target = { bucket: aws.bucket, prefix, storageClass: config.storageClass };
  log.info(`Uploading "${localDir}" for the first time.`);
  let uploaded = 0;
  const follow = async (stdout: Readable) => {
    for await (const line of splitLines(stdout, /[\r\n]+/)) {
      if (!line.startsWith('upload: ')) continue;
      uploaded += 1;
      log.progress(`uploading: ${uploaded} of ${files} files`);
    }
  };
  const onErrorLine = (line: string) => {
    if (line !== '') log.info(line);
  };
  await aws.run(syncArguments(localDir, target), { encryptionKey, output: follow, onErrorLine });
  log.progress(undefined);
  log.info(`Uploaded about ${uploaded} files.`);
  return uploaded;
}

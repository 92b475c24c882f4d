// The first upload to an empty prefix: one `aws s3 sync`, which finds all files by itself. What it has uploaded, the
// check tells, however it ended.
import type { Readable } from 'node:stream';
import { sync } from '../../aws/arguments.js';
import { splitLines } from '../../aws/split-lines.js';
import type { Backup } from '../backup.js';
import type { Counts } from '../scan.js';
import { isOthersPath } from '../trusted-path.js';

/**
 * Whether `aws s3 sync` uploads just what the scan has seen: it opens files by their paths, so that nobody else may be
 * able to change what is there, and it knows nothing of what is left out.
 */
export function canSync({ localDir, followSymlinks }: Backup, { excluded, othersFolders }: Counts): boolean {
  return excluded === 0 && othersFolders === 0 && !followSymlinks && !isOthersPath(localDir);
}

/** @returns how many files were uploaded, as the AWS CLI tells @throws {InterruptedError} if a signal ended it */
export async function uploadFirst(backup: Backup, files: number): Promise<number> {
  const { aws, encryptionKey, localDir, prefix, config, log } = backup;
  const target = { bucket: aws.bucket, prefix, storageClass: config.awsStorageClass };
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
  await aws.run(sync(localDir, target), { key: encryptionKey, output: follow, onErrorLine });
  log.progress(undefined);
  log.info(`Uploaded about ${uploaded} files.`);
  return uploaded;
}

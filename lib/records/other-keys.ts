import type { Remote } from '../aws/remote.js';
import { tryKey } from '../aws/wrong-key.js';
import { type BackupInBucket, listBackups } from './backups-in-bucket.js';
import { RECORD, runFolderKey } from './last-run.js';

/**
 * The backups in the bucket whose records were stored with another encryption key than this one, as far as they may be
 * read.
 * @throws {AwsError} if the bucket can't be listed
 */
export async function* findBackupsOfOtherKeys(
  remote: Pick<Remote, 'aws' | 'encryptionKey'>,
): AsyncGenerator<BackupInBucket> {
  const { aws } = remote;
  for (const backup of await listBackups(aws)) {
    const key = runFolderKey(backup.prefix) + RECORD;
    if ((await tryKey(remote, { bucket: aws.bucket, key })) === 'another key') yield backup;
  }
}

// Every backup in a bucket, by the keys of their runs' records.
import type { AwsCli } from '../aws/aws-cli.js';
import { inUtc, listPrefix } from '../aws/listing.js';
import { tryKey } from '../aws/sse-c/wrong-key.js';
import { textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { RECORD, RUNS_PREFIX, runFolderKey } from './last-run.js';

export interface BackupInBucket {
  /** '' or ends in a `/`. */
  readonly prefix: string;
  /** When the last run stored its record; ISO 8601. */
  readonly lastRun: string;
}

/** Needs no encryption key. @throws {AwsError} if the bucket can't be listed */
export function listBackups(aws: AwsCli): Promise<BackupInBucket[]> {
  return listPrefix(aws, RUNS_PREFIX, async (objects) => {
    const backups: BackupInBucket[] = [];
    for await (const { key, lastModified } of flatten(objects)) {
      const path = textOf(key);
      if (path === RECORD || path.endsWith(`/${RECORD}`))
        backups.push({ prefix: path.slice(0, -RECORD.length), lastRun: inUtc(lastModified) });
    }
    return backups;
  });
}

/**
 * The backups whose records were stored with another encryption key. Records that can't be read don't count.
 * @throws {AwsError} if the bucket can't be listed
 */
export async function* findBackupsOfOtherKeys(aws: AwsCli): AsyncGenerator<BackupInBucket> {
  for (const backup of await listBackups(aws)) {
    const key = runFolderKey(backup.prefix) + RECORD;
    if ((await tryKey(aws, { bucket: aws.bucket, key })) === 'another key') yield backup;
  }
}

// Before a backup's first run overwrites anything: whether the bucket keeps what is overwritten.
import type { AwsCli } from '../aws/aws-cli.js';
import { bucketCommand, type Place } from '../aws/aws-error.js';
import { isVersioned } from '../aws/bucket.js';
import { BackupError } from '../errors.js';
import type { Log } from '../terminal/log.js';

/** Warns of a bucket without versioning: what changes on disk takes its older versions along there. */
export async function warnIfUnversioned(aws: AwsCli, log: Log): Promise<void> {
  try {
    if (await isVersioned(aws)) return;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    log.info(`Whether the bucket keeps older versions could not be found out: ${error.message}`);
    return;
  }
  log.warn(
    `The bucket keeps no older versions of files: what changes is overwritten there for good. Turn versioning on, if the server has it: ${howToVersion(aws)}`,
  );
}

export function howToVersion(place: Place): string {
  return `${bucketCommand('put-bucket-versioning', place)} --versioning-configuration Status=Enabled`;
}

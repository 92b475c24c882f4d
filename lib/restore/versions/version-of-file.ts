// Which version of a single file is meant by a point in time.
import { type BucketObject, s3Url } from '../../aws/arguments/object-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { listVersions, type ObjectVersion } from '../../aws/version-listing.js';
import { BackupError } from '../../cli/errors.js';
import { formatTime } from '../../cli/units/times.js';
import { versionsAt } from './version-at.js';

/**
 * @param time milliseconds since the epoch
 * @returns the version id; `undefined` if it is what is there now
 * @throws {BackupError} if there was no such file then, or the bucket does not go back that far
 */
export async function versionIdAt(
  aws: AwsCli,
  object: BucketObject,
  time: number,
): Promise<string | undefined> {
  const versions = await listVersions(aws, object.key, versionsOfKeyItself);
  for await (const { was, now } of versionsAt(versions, time)) {
    if (was === undefined) throw notThatOld(object, time, versions);
    if (was.size === undefined) throw deletedThen(object, was, versions);
    return was === now ? undefined : was.versionId;
  }
  throw new BackupError(`There is no ${s3Url(object)}, and no version of it.`, {
    hint: 'Check the key; encrypted-s3-list-versions shows what there is below a prefix.',
  });
}

/** Those of the longer keys that begin like this one come after it. */
async function versionsOfKeyItself(listed: AsyncGenerator<ObjectVersion>): Promise<ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  for await (const version of listed) if (version.key === '') versions.push(version);
  return versions;
}

function notThatOld(object: BucketObject, time: number, versions: readonly ObjectVersion[]): BackupError {
  const oldest = versions.findLast(({ size }) => size !== undefined);
  const known = oldest && `The oldest version that can be had is --at "${formatTime(oldest.lastModified)}". `;
  return new BackupError(`The bucket has no version of ${s3Url(object)} as old as ${formatTime(time)}.`, {
    hint: `${known ?? ''}Older ones are removed by the bucket's lifecycle rule, or there were none.`,
  });
}

function deletedThen(
  object: BucketObject,
  deletion: ObjectVersion,
  versions: readonly ObjectVersion[],
): BackupError {
  const before = versions.slice(versions.indexOf(deletion)).find(({ size }) => size !== undefined);
  return new BackupError(
    `${s3Url(object)} was deleted at that time, since ${formatTime(deletion.lastModified)}.`,
    {
      hint:
        before === undefined
          ? "What was there before has been removed by the bucket's lifecycle rule."
          : `What was there before can be had with --version-id=${before.versionId}.`,
    },
  );
}

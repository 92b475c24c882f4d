// Which version of a key a reader got at a point in time.
import { type BucketObject, s3Url } from '../../aws/arguments/object-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { listVersions, type ObjectVersion } from '../../aws/version-listing.js';
import { BackupError } from '../../cli/errors.js';
import { formatTime } from '../../cli/units/times.js';
import type { Bytes } from '../../tree/bytes.js';

export interface VersionsAtTime {
  readonly key: Bytes;
  /** The newest version that is not after that time; it may be a delete marker. */
  readonly was: ObjectVersion | undefined;
  /** The current version; it may be a delete marker. */
  readonly now: ObjectVersion;
}

/**
 * @param versions in the order of the keys, and of each key the newest first
 * @param time milliseconds since the epoch
 */
export async function* versionsAt(
  versions: AsyncIterable<ObjectVersion> | Iterable<ObjectVersion>,
  time: number,
): AsyncGenerator<VersionsAtTime> {
  let current: VersionsAtTime | undefined;
  for await (const version of versions) {
    if (version.key !== current?.key) {
      if (current !== undefined) yield current;
      current = { key: version.key, was: undefined, now: version };
    }
    if (current.was === undefined && version.lastModified <= time) current = { ...current, was: version };
  }
  if (current !== undefined) yield current;
}

/**
 * @param time milliseconds since the epoch
 * @returns the version id of a file at that time; `undefined` if it is the current version
 * @throws {BackupError} if the file did not exist then, or the bucket's history is not that old
 */
export async function versionIdAt(
  aws: AwsCli,
  object: BucketObject,
  time: number,
): Promise<string | undefined> {
  const versions = await listVersions(aws, object.key, versionsOfKeyItself);
  for await (const { was, now } of versionsAt(versions, time)) {
    if (was === undefined) throw noVersionThatOldError(object, time, versions);
    if (was.size === undefined) throw deletedAtThatTimeError(object, was, versions);
    return was === now ? undefined : was.versionId;
  }
  throw new BackupError(`There is no ${s3Url(object)}, and no version of it.`, {
    hint: 'Check the key; encrypted-s3-list-versions shows what there is below a prefix.',
  });
}

/** Without those of longer keys that begin with it, which follow. */
async function versionsOfKeyItself(listed: AsyncGenerator<ObjectVersion>): Promise<ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  for await (const version of listed) if (version.key === '') versions.push(version);
  return versions;
}

function noVersionThatOldError(
  object: BucketObject,
  time: number,
  versions: readonly ObjectVersion[],
): BackupError {
  const oldest = versions.findLast(({ size }) => size !== undefined);
  const known = oldest && `The oldest version is --at "${formatTime(oldest.lastModified)}". `;
  return new BackupError(`The bucket has no version of ${s3Url(object)} as old as ${formatTime(time)}.`, {
    hint: `${known ?? ''}The bucket's lifecycle rule has removed older ones, or there were none.`,
  });
}

function deletedAtThatTimeError(
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
          ? "The bucket's lifecycle rule has removed the version before."
          : `For the version before, use --version-id=${before.versionId}.`,
    },
  );
}

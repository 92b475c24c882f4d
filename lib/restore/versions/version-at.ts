// Finds the version of a key that was current at a point in time.
import { type BucketObject, s3Url } from '../../aws/arguments/object-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { listVersions, type ObjectVersion } from '../../aws/version-listing.js';
import { BackupError } from '../../cli/errors.js';
import { formatTime } from '../../cli/units/times.js';
import type { Bytes } from '../../tree/bytes.js';

export interface KeyVersions {
  readonly key: Bytes;
  /** All versions and delete markers of the key, the newest first; at least one. */
  readonly versions: readonly ObjectVersion[];
}

/** @param listed sorted by key, the newest version of each key first */
export async function* groupByKey(listed: AsyncIterable<ObjectVersion>): AsyncGenerator<KeyVersions> {
  let versions: ObjectVersion[] = [];
  for await (const version of listed) {
    const [first] = versions;
    if (first !== undefined && first.key !== version.key) {
      yield { key: first.key, versions };
      versions = [];
    }
    versions.push(version);
  }
  const [first] = versions;
  if (first !== undefined) yield { key: first.key, versions };
}

/**
 * @param versions of a key, the newest first
 * @param time milliseconds since the epoch
 * @returns the newest version that is not after that time; it may be a delete marker
 */
export function versionAt(versions: readonly ObjectVersion[], time: number): ObjectVersion | undefined {
  return versions.find(({ lastModified }) => lastModified <= time);
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
  if (versions.length === 0) {
    throw new BackupError(`There is no ${s3Url(object)}, and no version of it.`, {
      hint: 'Check the key; encrypted-s3-list-versions shows what there is below a prefix.',
    });
  }
  const was = versionAt(versions, time);
  if (was === undefined) throw noVersionThatOldError(object, time, versions);
  if (was.size === undefined) throw deletedAtThatTimeError(object, was, versions);
  return was === versions[0] ? undefined : was.versionId;
}

/** The versions of the first key only, without those of longer keys, which follow. */
async function versionsOfKeyItself(listed: AsyncGenerator<ObjectVersion>): Promise<readonly ObjectVersion[]> {
  for await (const { key, versions } of groupByKey(listed)) return key === '' ? versions : [];
  return [];
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

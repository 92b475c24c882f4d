// What was there at a point in time, by the bucket's history.
import type { ObjectVersion } from '../../aws/version-listing.js';
import type { Bytes } from '../../tree/bytes.js';

/** A key and its history at a point in time. */
export interface VersionsAtTime {
  readonly key: Bytes;
  /** The newest version not after that time: what a reader would have got then. */
  readonly was: ObjectVersion | undefined;
  /** What a reader gets now; like `was`, it may be a delete marker. */
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
  let key: VersionsAtTime | undefined;
  for await (const version of versions) {
    if (version.key !== key?.key) {
      if (key !== undefined) yield key;
      key = { key: version.key, was: undefined, now: version };
    }
    if (key.was === undefined && version.lastModified <= time) key = { ...key, was: version };
  }
  if (key !== undefined) yield key;
}

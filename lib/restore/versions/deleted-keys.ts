// What was deleted, and could be had back by taking the deletion away, by the bucket's history.
import type { ObjectVersion } from '../../aws/version-listing.js';
import type { Bytes } from '../../tree/bytes.js';

/** A key that is deleted now. */
export interface DeletedKey {
  readonly key: Bytes;
  /** Version ids of the delete markers on top of the newest version; without them, the key is back. */
  readonly markers: readonly string[];
}

/**
 * The keys that are deleted and still have a version.
 * @param versions in the order of the keys, and of each key the newest first
 * @param time milliseconds since the epoch: what was deleted then already is left out; `undefined`: nothing is
 */
export async function* deletedKeys(
  versions: AsyncIterable<ObjectVersion>,
  time: number | undefined,
): AsyncGenerator<DeletedKey> {
  let key: Bytes | undefined;
  /** Those on top, as far as they are known; `undefined` where there is nothing more to find out. */
  let markers: string[] | undefined;
  for await (const version of versions) {
    if (version.key !== key) {
      key = version.key;
      markers = [];
    }
    if (markers === undefined) continue;
    const isObject = version.size !== undefined;
    if (isObject && markers.length > 0) yield { key, markers };
    if (isObject || (time !== undefined && version.lastModified <= time)) markers = undefined;
    else markers.push(version.versionId);
  }
}

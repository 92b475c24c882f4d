// What was there at a point in time, by the bucket's history.
import type { ObjectVersion } from '../aws/version-listing.js';

/**
 * Of each key the newest version not after `time`: what a reader would have got then. A delete marker stands for a
 * key that was deleted then; a key that is younger is left out.
 * @param versions in the order of the keys, and of each key the newest first
 * @param time milliseconds since the epoch
 */
export async function* versionsAt(
  versions: AsyncIterable<ObjectVersion>,
  time: number,
): AsyncGenerator<ObjectVersion> {
  let done: string | undefined;
  for await (const version of versions) {
    if (version.key === done || version.lastModified > time) continue;
    done = version.key;
    yield version;
  }
}

// Lists what the bucket holds of a folder, now or at a point in time.
import { listPrefix } from '../../aws/listing.js';
import { listVersions } from '../../aws/version-listing.js';
import { flatten } from '../../tree/streams/batches.js';
import type { Spool } from '../../tree/streams/spool.js';
import type { RestoreScope } from '../scope.js';
import { type VersionsAtTime, versionsAt } from '../versions/version-at.js';
import type { ListedKey } from './planned-file.js';

/**
 * Writes every key below the folder, in order, as the JSON of a `ListedKey`, and closes the spool.
 * @returns for a point in time, when the oldest version was stored (milliseconds since the epoch)
 * @throws {AwsError} if the listing failed
 */
export async function listFolder(
  { aws, prefix, time }: RestoreScope,
  listed: Spool,
): Promise<number | undefined> {
  const add = (line: ListedKey) => listed.write(JSON.stringify(line));
  let oldest: number | undefined;
  if (time === undefined) {
    await listPrefix(aws, prefix, async (objects) => {
      for await (const { key, size, lastModified } of flatten(objects)) {
        add({ key, wanted: { size, lastModified: Date.parse(lastModified), isCurrent: true } });
      }
    });
  } else {
    await listVersions(aws, prefix, async (versions) => {
      const noting = (async function* () {
        for await (const version of versions) {
          oldest = Math.min(oldest ?? version.lastModified, version.lastModified);
          yield version;
        }
      })();
      for await (const version of versionsAt(noting, time)) {
        const line = listedKey(version);
        if (line !== undefined) add(line);
      }
    });
  }
  listed.close();
  return oldest;
}

/** `undefined` for a key that was deleted at that time and is deleted now. */
function listedKey({ key, was, now }: VersionsAtTime): ListedKey | undefined {
  const unwanted = now === was ? {} : { unwantedSize: now.size };
  if (was?.size !== undefined) {
    const { size, lastModified, versionId } = was;
    return { key, wanted: { size, lastModified, versionId, isCurrent: now === was }, ...unwanted };
  }
  if (was === undefined) return { key, ...unwanted, isUndecided: true };
  return now.size === undefined ? undefined : { key, ...unwanted };
}

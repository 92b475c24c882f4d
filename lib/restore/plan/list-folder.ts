// Lists the bucket's keys below a folder, now or at a point in time.
import { listPrefix } from '../../aws/listing.js';
import { listVersions } from '../../aws/version-listing.js';
import { flatten } from '../../tree/streams/batches.js';
import type { Spool } from '../../tree/streams/spool.js';
import type { RestoreScope } from '../scope.js';
import { groupByKey, type KeyVersions, versionAt } from '../versions/version-at.js';
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
        const wanted = { size, lastModified: Date.parse(lastModified), isCurrent: true };
        add({ key, wanted, currentSize: size });
      }
    });
  } else {
    await listVersions(aws, prefix, async (versions) => {
      for await (const ofKey of groupByKey(versions)) {
        const stored = ofKey.versions.at(-1)?.lastModified ?? time;
        oldest = Math.min(oldest ?? stored, stored);
        const line = listedKey(ofKey, time);
        if (line !== undefined) add(line);
      }
    });
  }
  listed.close();
  return oldest;
}

/** `undefined` for a key that was deleted at that time and is deleted now. */
function listedKey({ key, versions }: KeyVersions, time: number): ListedKey | undefined {
  const [now] = versions;
  const was = versionAt(versions, time);
  const line = { key, currentSize: now?.size };
  if (was?.size !== undefined) {
    const { size, lastModified, versionId } = was;
    return { ...line, wanted: { size, lastModified, versionId, isCurrent: now === was } };
  }
  if (was === undefined) return { ...line, isUndecided: true };
  return line.currentSize === undefined ? undefined : line;
}

// What the bucket holds of a folder, now or at a point in time, noted in the order of the keys.
import type { AwsCli } from '../../aws/aws-cli.js';
import { listPrefix } from '../../aws/listing.js';
import { listVersions } from '../../aws/version-listing.js';
import { flatten } from '../../tree/streams/batches.js';
import type { Spool } from '../../tree/streams/spool.js';
import { type VersionsAtTime, versionsAt } from '../versions/version-at.js';
import { formatPlan, type ListedKey } from './planned-file.js';

/**
 * Notes every key below `prefix` as a `ListedKey`.
 * @param time milliseconds since the epoch; `undefined`: now
 * @returns how old the oldest version is (milliseconds since the epoch), for a point in time
 * @throws {AwsError} if the listing failed
 */
export async function listFolder(
  aws: AwsCli,
  prefix: string,
  time: number | undefined,
  listed: Spool,
): Promise<number | undefined> {
  let oldest: number | undefined;
  if (time === undefined) {
    await listPrefix(aws, prefix, async (objects) => {
      for await (const { key, size, lastModified } of flatten(objects)) {
        const want = { size, lastModified: Date.parse(lastModified), isCurrent: true };
        listed.write(formatPlan({ key, want }));
      }
    });
  } else {
    await listVersions(aws, prefix, async (versions) => {
      const seen = (async function* () {
        for await (const version of versions) {
          oldest = Math.min(oldest ?? version.lastModified, version.lastModified);
          yield version;
        }
      })();
      for await (const key of versionsAt(seen, time)) {
        const line = listedKey(key);
        if (line !== undefined) listed.write(formatPlan(line));
      }
    });
  }
  listed.close();
  return oldest;
}

/** `undefined` for what was deleted then and is deleted now. */
function listedKey({ key, was, now }: VersionsAtTime): ListedKey | undefined {
  const current = now === was ? {} : { unwanted: now.size };
  if (was?.size !== undefined) {
    const { size, lastModified, versionId } = was;
    return { key, want: { size, lastModified, versionId, isCurrent: now === was }, ...current };
  }
  return now.size === undefined ? undefined : { key, ...current };
}

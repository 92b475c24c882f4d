// Some servers (MinIO, SeaweedFS) do not store an object `x/y` beside an object `x`. If a file became a folder, or a
// folder a file, the older object must be deleted before the upload, but deletions wait for uploads. So if the server
// says that an object is in the way, and its file has been replaced on disk, it is deleted first.
import { mkdirSync } from 'node:fs';
import { findObject } from '../../aws/bucket.js';
import { listPrefix } from '../../aws/listing.js';
import { bytesOf, textOf } from '../../tree/bytes.js';
import { flatten } from '../../tree/streams/batches.js';
import type { Backup } from '../backup.js';
import { deleteProven } from './delete-proven.js';
import { fetchReasonInBucket } from './why-kept.js';

/**
 * Deletes the objects at the paths of the folders above a file, and those below its own path.
 * @param path of a file that the caller holds open: it and its folders have replaced the files of these objects
 * @returns whether any was deleted; nothing is if a deletion could not be undone
 * @throws {AwsError} if the bucket can't be listed
 */
export async function deleteInTheWay(backup: Backup, path: string): Promise<boolean> {
  const { aws, prefix, isExcluded, log } = backup;
  if ((await fetchReasonInBucket(backup)) !== undefined) return false;
  const isWanted = (it: string) => !isExcluded(bytesOf(it));
  let count = 0;
  const folder = backup.fileFor('deletions');
  mkdirSync(folder, { mode: 0o700 });
  for await (const { key, refusal } of deleteProven(backup, inTheWay(), folder)) {
    if (refusal !== undefined) continue;
    log.info(
      `Deleted "${key}" in the bucket before "${prefix}${path}" is uploaded, which has taken its place.`,
    );
    count += 1;
  }
  return count > 0;

  async function* inTheWay(): AsyncGenerator<string> {
    for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
      const above = path.slice(0, end);
      if (isWanted(above) && (await findObject(aws, prefix + above)) === 'found') yield above;
    }
    const below: string[] = [];
    await listPrefix(aws, `${prefix}${path}/`, async (objects) => {
      for await (const { key } of flatten(objects)) below.push(`${path}/${textOf(key)}`);
    });
    yield* below.filter(isWanted);
  }
}

// Finds the delete markers that hide wanted files. Without them, a file is current again.
import { RESERVED_PREFIX } from '../../aws/listing.js';
import type { Remote } from '../../aws/remote.js';
import { listVersions, type ObjectVersion } from '../../aws/version-listing.js';
import { type Bytes, bytesOf, textOf } from '../../tree/bytes.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import { groupByKey } from './version-at.js';
import type { WantedPaths } from './wanted-paths.js';

/** What to undelete. */
export interface Undeletion extends Remote {
  readonly wanted: WantedPaths;
  /** Milliseconds since the epoch: files that were deleted by then stay deleted. */
  readonly time: number | undefined;
  readonly tempFolder: string;
}

/** A key that is deleted now. */
interface DeletedKey {
  readonly key: Bytes;
  /** Version ids of all delete markers that are newer than its newest version. */
  readonly markers: readonly string[];
}

/**
 * The keys that are deleted and still have a version.
 * @param listed sorted by key, the newest version of each key first
 * @param time milliseconds since the epoch: omits files that were deleted by then
 */
export async function* deletedKeys(
  listed: AsyncIterable<ObjectVersion>,
  time = Number.NEGATIVE_INFINITY,
): AsyncGenerator<DeletedKey> {
  for await (const { key, versions } of groupByKey(listed)) {
    const object = versions.findIndex(({ size }) => size !== undefined);
    const markers = versions.slice(0, Math.max(object, 0));
    if (markers.length > 0 && markers.every(({ lastModified }) => lastModified > time))
      yield { key, markers: markers.map(({ versionId }) => versionId) };
  }
}

/**
 * Writes the wanted deleted keys into the spool, and closes it.
 * @throws {AwsError} if the listing failed
 */
export async function findDeleted({ aws, prefix, wanted, time }: Undeletion, deleted: Spool): Promise<void> {
  const { commonPrefix } = wanted;
  await listVersions(aws, prefix + commonPrefix, async (versions) => {
    for await (const { key: rest, markers } of deletedKeys(versions, time)) {
      const key = (bytesOf(commonPrefix) + rest) as Bytes;
      if (prefix === '' && key.startsWith(RESERVED_PREFIX)) continue;
      if (wanted.match(key)) deleted.write(JSON.stringify({ key: prefix + textOf(key), markers }));
    }
  });
  deleted.close();
}

/** Reads what `findDeleted` has written: whole keys, as text. */
export function readDeleted(
  deleted: Spool,
): AsyncGenerator<{ readonly key: string; readonly markers: DeletedKey['markers'] }> {
  return flatten(readJson(deleted));
}

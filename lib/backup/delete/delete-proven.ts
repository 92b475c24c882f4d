// The deletions of a run: objects below its prefix, whose files are proven to be gone right before the deletion is
// sent.
import { type DeletionResult, deleteAll } from '../../aws/deletions.js';
import { type Bytes, bytesOf } from '../../tree/bytes.js';
import { isGone, isLink } from '../../tree/disk/is-gone.js';
import type { Backup } from '../backup.js';

interface ProvenDeletion extends DeletionResult {
  /** The path relative to LOCAL_DIR. */
  readonly path: string;
}

/**
 * Deletes the objects of the paths whose files are gone, and leaves the others.
 * @param folder the run's own, for the requests
 * @param linksAbove links that have replaced folders, and are not followed: files below them count as gone
 * @throws {AwsError} if a request fails as a whole
 */
export async function* deleteProven(
  { aws, prefix, localDir, followSymlinks }: Backup,
  paths: AsyncIterable<string>,
  folder: string,
  linksAbove: ReadonlySet<Bytes> = new Set(),
): AsyncGenerator<ProvenDeletion> {
  const root = bytesOf(localDir);
  const pathOf = (key: string) => key.slice(prefix.length);
  const isStillGone = ({ key }: { readonly key: string }) => {
    const path = bytesOf(pathOf(key));
    const isBelowLink = (link: Bytes) => path.startsWith(`${link}/`) && isLink(root, link);
    return isGone(root, path, followSymlinks) || [...linksAbove].some(isBelowLink);
  };
  const deletions = (async function* () {
    for await (const path of paths) yield { key: prefix + path };
  })();
  for await (const result of deleteAll(aws, deletions, folder, isStillGone))
    yield { ...result, path: pathOf(result.key) };
}

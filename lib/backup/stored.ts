// Whether the bucket holds what is on disk. Pure: what is asked of the disk is asked by the caller.
import type { StoredObject } from '../aws/listing.js';
import type { Inode } from '../tree/entry.js';

/** Clocks that are farther apart than this (ms) are refused by S3. */
const CLOCKS_APART = 15 * 60 * 1000;
/** No upload is slower than this (bytes per ms): how long ago one may have begun that ended at a known time. */
const SLOWEST_UPLOAD = 100;
/** What S3 cuts off a time, and more (ms). */
const TIME_CUT = 2000;

export type FirstVerdict =
  | { readonly is: 'proven' }
  /** `aws s3 sync` uploads it by its own rule. */
  | { readonly is: 'uploaded by sync'; readonly why: string }
  /** Changed, but `aws s3 sync` does not see it: an older mtime and the same size. */
  | { readonly is: 'overlooked by sync'; readonly why: string };

/**
 * The verdict on a file before the transfer.
 * @param knowledge from the last run's tree, which has a 'known' file as the object was stored. When the object was
 * stored tells nothing of a 'moved' file: until then, another one may have had its name. Of one that has been there
 * as it is `since` a time (ms), it does.
 */
export function firstVerdict(
  inode: Inode,
  knowledge: 'known' | 'moved' | { readonly since: number },
  object: StoredObject | undefined,
): FirstVerdict {
  if (object === undefined) return { is: 'uploaded by sync', why: 'new' };
  if (object.size !== inode.size) return { is: 'uploaded by sync', why: 'another size' };
  if (knowledge === 'known') return { is: 'proven' };
  if (knowledge !== 'moved' && wasStoredAfterwards(knowledge.since, inode, object)) return { is: 'proven' };
  return isNewer(milliseconds(inode.mtime), storedAt(object))
    ? { is: 'uploaded by sync', why: 'newer' }
    : { is: 'overlooked by sync', why: 'changed' };
}

/**
 * Whether the object was stored so long after the file's last change (ms) that it holds it, whichever clock is
 * wrong, and however long the upload took.
 */
function wasStoredAfterwards(since: number, { size }: Inode, object: StoredObject): boolean {
  return storedAt(object) > since + CLOCKS_APART + size / SLOWEST_UPLOAD;
}

/** Whether what was `stored` then (ms) may have been stored since a time of our clock (ms). */
export function mayBeNewerThan(time: number, stored: number): boolean {
  return !(stored < time - CLOCKS_APART);
}

/**
 * Why the object is not the file, or not surely; `undefined` if it is.
 * @param before the version that an upload was to replace, if there was one
 */
export function shortfall(
  inode: Inode,
  before: string | undefined,
  object: StoredObject | undefined,
): string | undefined {
  if (object === undefined) return 'it is not in the bucket';
  if (object.size !== inode.size) return `the bucket holds ${object.size} bytes of it, not ${inode.size}`;
  if (versionOf(object) === before) return 'its upload failed';
  return undefined;
}

/** Tells one upload of a key from another. */
export function versionOf(object: StoredObject | undefined): string {
  return object === undefined ? '' : `${object.lastModified} ${object.etag}`;
}

/** By the rule of `aws s3 sync` (ms). */
function isNewer(modified: number, stored: number): boolean {
  return modified > stored + TIME_CUT;
}

/**
 * Whether the object is another one than the last run knew of a file that has not changed since: one that was stored
 * later than that run, or an older version that is current again.
 * @param lastEnded when that run ended (ms since the epoch); `undefined`: there was none
 */
export function isReplaced(inode: Inode, lastEnded: number | undefined, object: StoredObject): boolean {
  if (lastEnded === undefined) return false;
  const stored = storedAt(object);
  // Whichever clock is wrong.
  if (stored > lastEnded + CLOCKS_APART) return true;
  const [changed, modified] = [milliseconds(inode.ctime), milliseconds(inode.mtime)];
  // Times after the run that knew of them were never true.
  const isOlder = changed < lastEnded && !mayBeNewerThan(changed, stored);
  return isOlder || (modified < lastEnded && isNewer(modified, stored));
}

/** Milliseconds since the epoch, by the server's clock. */
export function storedAt({ lastModified }: StoredObject): number {
  return Date.parse(lastModified);
}

function milliseconds(nanoseconds: string): number {
  return Number(nanoseconds) / 1e6;
}

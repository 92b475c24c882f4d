// Whether an object holds a file, judged by the listing alone. Pure: the clocks may be apart, and that is allowed for.
import type { StoredObject } from '../../aws/listing.js';
import type { Inode } from '../../tree/entry.js';
import type { DraftState } from '../scan/draft.js';

/** S3 refuses requests of a clock that is farther off (ms). */
const CLOCKS_APART = 15 * 60 * 1000;
/** No upload is slower (bytes per ms): the file may have been read that long before the object's time. */
const SLOWEST_UPLOAD = 100;
/** S3 tells whole seconds (ms). */
const TIME_CUT = 2000;

export interface JudgedFile {
  readonly state: DraftState;
  /** See `DraftLine.since`. */
  readonly since: number;
  readonly inode: Inode;
}

/** When runs were, in ms since the epoch by this machine's clock. */
export interface RunTimes {
  /** This one's beginning. */
  readonly started: number;
  /** The end of the run that the last tree is of; `undefined` without a tree. */
  readonly lastEnded: number | undefined;
  /** The end of the last run that compared the bucket's listing; `undefined`: as `lastEnded`. */
  readonly lastFullCheck: number | undefined;
}

/**
 * Why the object that was listed is not, or not provably, the file.
 * @returns `undefined` if it is
 */
export function whyNotStored(
  { state, since, inode }: JudgedFile,
  object: StoredObject | undefined,
  times: RunTimes,
): string | undefined {
  if (object === undefined) return 'it is not in the bucket';
  if (object.size !== inode.size) return `the bucket holds ${object.size} bytes of it, not ${inode.size}`;
  if (state === 'stored') return undefined;
  const stored = storedAt(object);
  if (state === 'unchanged') return whyReplaced(inode, since, stored, times);
  if (state === 'sent') {
    return stored < times.started - CLOCKS_APART ? 'its upload did not arrive' : undefined;
  }
  return stored > since + CLOCKS_APART + inode.size / SLOWEST_UPLOAD ? undefined : 'it has changed';
}

/** Of a file that has not changed since the last run: whether the object is another one than that run knew. */
function whyReplaced(
  { ctime, mtime }: Inode,
  since: number,
  stored: number,
  { lastEnded, lastFullCheck = lastEnded }: RunTimes,
): string | undefined {
  if (lastEnded === undefined || lastFullCheck === undefined) return undefined;
  // What came to its name after the last full check was sent by one of the quick runs since then.
  const latest = since < lastFullCheck ? lastFullCheck : lastEnded;
  if (stored > latest + CLOCKS_APART) return 'somebody else has replaced it in the bucket';
  const [changed, modified] = [milliseconds(ctime), milliseconds(mtime)];
  // Times after the run that knew of them were never true.
  const isOlder = changed < lastEnded && stored < changed - CLOCKS_APART;
  const isOutdated = modified < lastEnded && modified > stored + TIME_CUT;
  return isOlder || isOutdated ? 'an older version of it is current in the bucket' : undefined;
}

/** Milliseconds since the epoch, by the server's clock. */
export function storedAt({ lastModified }: StoredObject): number {
  return Date.parse(lastModified);
}

/** @param nanoseconds since the epoch, in decimal digits */
export function milliseconds(nanoseconds: string): number {
  return Number(nanoseconds) / 1e6;
}

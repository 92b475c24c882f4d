// Whether an object holds a file, as far as the listing tells. Pure functions, which allow for clocks that differ.
import type { StoredObject } from '../../aws/listing.js';
import type { Inode } from '../../tree/entry.js';
import { type DraftLine, milliseconds } from '../scan/draft.js';

/** S3 refuses requests of a clock that is farther off (ms). */
const CLOCKS_APART = 15 * 60 * 1000;
/** No upload is slower (bytes per ms): the file may have been read that long before the object's time. */
const SLOWEST_UPLOAD = 100;
/** S3 cuts times to whole seconds (ms). */
const TIME_CUT = 2000;

export type FileToCompare = Pick<DraftLine, 'state' | 'unchangedSince'> & { readonly inode: Inode };

/** When runs were, in ms since the epoch by this machine's clock. */
export interface RunTimes {
  /** When this run began. */
  readonly started: number;
  /** When the run ended whose tree the scan was merged with; `undefined` without a tree. */
  readonly lastEnded: number | undefined;
  /** When the last run ended that compared the bucket's listing; `undefined`: as `lastEnded`. */
  readonly lastFullCheck: number | undefined;
}

/**
 * Why the listed object is not, or not provably, the file.
 * @returns `undefined` if it is
 */
export function whyNotStored(
  { state, unchangedSince, inode }: FileToCompare,
  object: StoredObject | undefined,
  times: RunTimes,
): string | undefined {
  if (object === undefined) return 'it is not in the bucket';
  if (object.size !== inode.size) return `the bucket holds ${object.size} bytes of it, not ${inode.size}`;
  const storedAt = Date.parse(object.lastModified);
  switch (state) {
    case 'stored':
      return undefined;
    case 'unchanged':
      return whyReplaced(inode, unchangedSince, storedAt, times);
    case 'sent':
      return storedAt < times.started - CLOCKS_APART ? 'its upload did not arrive' : undefined;
    default: {
      const readAtTheLatest = unchangedSince + CLOCKS_APART + inode.size / SLOWEST_UPLOAD;
      return storedAt > readAtTheLatest ? undefined : 'it has changed';
    }
  }
}

/** Why the object of a file that has not changed since the last run is another one than that run knew. */
function whyReplaced(
  { ctime, mtime }: Inode,
  unchangedSince: number,
  storedAt: number,
  { lastEnded, lastFullCheck = lastEnded }: RunTimes,
): string | undefined {
  if (lastEnded === undefined || lastFullCheck === undefined) return undefined;
  // A file that got its name after the last full check was sent by one of the quick runs since then.
  const sentAtTheLatest = unchangedSince < lastFullCheck ? lastFullCheck : lastEnded;
  if (storedAt > sentAtTheLatest + CLOCKS_APART) return 'somebody else has replaced it in the bucket';
  const [changed, modified] = [milliseconds(ctime), milliseconds(mtime)];
  // A time after the run that recorded it was never true.
  const isOlder = changed < lastEnded && storedAt < changed - CLOCKS_APART;
  const isOutdated = modified < lastEnded && modified > storedAt + TIME_CUT;
  return isOlder || isOutdated ? 'an older version of it is current in the bucket' : undefined;
}

// Whether an object holds a file, as far as the listing tells. Pure functions, which allow for clocks that differ.
import type { StoredObject } from '../../aws/listing.js';
import type { Inode } from '../../tree/entry.js';
import { type DraftLine, milliseconds } from '../scan/draft.js';

/** S3 refuses requests of a clock that is farther off (ms). */
export const CLOCKS_APART = 15 * 60 * 1000;
/** No upload is slower (bytes per ms): the file may have been read that long before the object's time. */
const SLOWEST_UPLOAD = 100;
/** S3 cuts times to whole seconds (ms). */
const TIME_CUT = 2000;

export type FileToCompare = Pick<DraftLine, 'state' | 'unchangedSince'> & { readonly inode: Inode };

/** When runs were, in ms since the epoch by this machine's clock. */
export interface RunTimes {
  /** When this run began. */
  readonly started: number;
  /** Of the run whose tree the scan was merged with: when it ended, and when its last full check did. */
  readonly last: { readonly ended: number; readonly fullCheck: number } | undefined;
}

/** True if the listed object is provably the file. */
export function isStored(
  { state, unchangedSince, inode }: FileToCompare,
  object: StoredObject | undefined,
  times: RunTimes,
): boolean {
  if (object?.size !== inode.size) return false;
  const storedAt = Date.parse(object.lastModified);
  switch (state) {
    case 'stored':
      return true;
    case 'unchanged':
      return !isReplaced(inode, unchangedSince, storedAt, times);
    case 'sent':
      return storedAt >= times.started - CLOCKS_APART;
    default:
      // Read after the file's last change for sure: the clocks may be apart, and the upload may have taken long.
      return storedAt > unchangedSince + CLOCKS_APART + inode.size / SLOWEST_UPLOAD;
  }
}

/** True if the object of a file that has not changed since the last run is another one than that run knew. */
function isReplaced(
  { ctime, mtime }: Inode,
  unchangedSince: number,
  storedAt: number,
  { last }: RunTimes,
): boolean {
  if (last === undefined) return false;
  // A file that got its name after the last full check was sent by one of the quick runs since then.
  const sentAtTheLatest = unchangedSince < last.fullCheck ? last.fullCheck : last.ended;
  const isNewer = storedAt > sentAtTheLatest + CLOCKS_APART;
  const [changed, modified] = [milliseconds(ctime), milliseconds(mtime)];
  // A time after the run that recorded it was never true.
  const isOlder = changed < last.ended && storedAt < changed - CLOCKS_APART;
  const isOutdated = modified < last.ended && modified > storedAt + TIME_CUT;
  return isNewer || isOlder || isOutdated;
}

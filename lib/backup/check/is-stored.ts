// Whether an object holds a file, by the listing. Pure functions, which allow for different clocks.
import type { StoredObject } from '../../aws/listing.js';
import { type Inode, milliseconds } from '../../tree/entry.js';
import type { DraftLine } from '../scan/draft.js';

/** S3 refuses requests if the clocks differ by more (ms). */
export const CLOCKS_APART = 15 * 60 * 1000;
/** No upload is slower (bytes per ms). The file may have been read that long before the object's time. */
const SLOWEST_UPLOAD = 100;
/** S3 cuts times to whole seconds (ms). */
const TIME_CUT = 2000;

type FileToCompare = Pick<DraftLine, 'state' | 'unchangedSince'> & { readonly inode: Inode };

/** When runs were, in ms since the epoch by this machine's clock. */
export interface RunTimes {
  /** When this run began. */
  readonly started: number;
  /** When the run ended whose tree was merged with the scan, and when its last full check ended. */
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
      // Only if the file was certainly read after its last change: the clocks may differ, and the upload may have been
      // slow.
      return storedAt > unchangedSince + CLOCKS_APART + inode.size / SLOWEST_UPLOAD;
  }
}

/** True if the object of an unchanged file is not the one that the last run knew. */
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
  // A file's time after the run that recorded it is wrong, and proves nothing.
  const isOlder = changed < last.ended && storedAt < changed - CLOCKS_APART;
  const isOutdated = modified < last.ended && modified > storedAt + TIME_CUT;
  return isNewer || isOlder || isOutdated;
}

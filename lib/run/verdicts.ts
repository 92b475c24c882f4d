// What becomes of an entry when the bucket has been listed: the rules of judge.ts, and a look at the disk where
// they need one.
import type { StoredObject } from '../aws/listing.js';
import type { NotedEntry } from '../backup/draft.js';
import { firstVerdict, isReplaced, mayBeNewerThan, shortfall, storedAt } from '../backup/stored.js';
import type { Entry, Inode } from '../tree/entry.js';

export type Outcome =
  | { readonly is: 'proven' }
  /** `aws s3 sync` uploads it. */
  | { readonly is: 'awaited'; readonly why: string }
  /** It has to be sent by us. `inode`: as it is on disk now, if that is not as noted. */
  | { readonly is: 'to send'; readonly why: string; readonly inode?: Inode }
  /** It is no file any more. */
  | { readonly is: 'vanished' };

/** Why a file is sent again that no failure kept away. */
export const CHANGED = 'it changed while it was uploaded';

export type Judge = (noted: NotedEntry, object: StoredObject | undefined) => Outcome;
type Inspect = (entry: Entry) => Inode | 'gone' | 'unreadable';

/**
 * Before the transfer, or while `aws s3 sync` runs.
 * @param lastEnded when the run ended whose tree tells what is known (ms since the epoch)
 */
export function judgeBefore(inspect: Inspect, lastEnded: number | undefined): Judge {
  return ({ entry, knowledge }, object) => {
    if (entry.type !== 'file') return { is: 'proven' };
    const isOther =
      knowledge === 'known' && object !== undefined && isReplaced(entry.inode, lastEnded, object);
    const verdict = firstVerdict(entry.inode, knowledgeNow(knowledge, isOther), object);
    if (verdict.is === 'uploaded by sync') return { is: 'awaited', why: verdict.why };
    if (verdict.is === 'overlooked by sync') return { is: 'to send', why: verdict.why };
    // Perhaps it has been uploaded a moment ago, when it was another one than the walk has seen.
    return knowledge === 'known' ? verdict : (unlessChanged(entry, inspect) ?? verdict);
  };
}

/** @param isOther whether the object is not what the last run knew: somebody else has put it there */
function knowledgeNow(
  knowledge: NotedEntry['knowledge'],
  isOther: boolean,
): 'known' | 'moved' | { since: number } {
  if (knowledge === 'known') return isOther ? 'moved' : 'known';
  return typeof knowledge === 'object' && 'since' in knowledge ? knowledge : 'moved';
}

/**
 * After a transfer.
 * @param started when the run began (ms since the epoch)
 */
export function judgeAfter(inspect: Inspect, started: number): Judge {
  return ({ entry, knowledge }, object) => {
    if (entry.type !== 'file') return { is: 'proven' };
    const before = typeof knowledge === 'object' && 'before' in knowledge ? knowledge.before : undefined;
    const why = shortfall(entry.inode, before, object);
    // `aws s3 sync` may have uploaded it all the same: it changed after the walk, or its mtime lies in the future.
    const isAsBefore =
      before === undefined && object !== undefined && !mayBeNewerThan(started, storedAt(object));
    if (isAsBefore && why === undefined) return { is: 'proven' };
    const changed = unlessChanged(entry, inspect);
    if (changed !== undefined) return changed;
    return why === undefined ? { is: 'proven' } : { is: 'to send', why };
  };
}

function unlessChanged(entry: Entry, inspect: Inspect): Outcome | undefined {
  const inode = inspect(entry);
  if (inode === 'gone') return { is: 'vanished' };
  if (inode === 'unreadable') return { is: 'to send', why: "it can't be read any more" };
  if (inode.ctime === entry.inode.ctime) return undefined;
  return { is: 'to send', why: CHANGED, inode };
}

// Moves what has arrived into place, in this order: the tree's files and folders; files that were gone, and what
// the bucket has beyond the tree; links, so that nothing is written through them; times; and the folders' modes, which may
// keep this user out.
import { join } from 'node:path';
import type { Entry } from '../tree/entry.js';
import { type Batches, emptyStream, flatten } from '../tree/streams/batches.js';
import { mergeByKey, type Pair } from '../tree/streams/merge.js';
import { readJson, Spool } from '../tree/streams/spool.js';
import { NotRestoredError } from './destination/destination.js';
import { isSafeKey } from './destination/safe-key.js';
import { type ExactTime, setExactTimes } from './metadata/exact-times.js';
import type { PlannedFile } from './plan/planned-file.js';
import { staysInPlace, whatALinkReplaces } from './plan/what-is-replaced.js';
import { notInBucketError, Placement, type PlacementOptions } from './put-in-place/placement.js';

/** The mode of a file that is missing in the tree: it may have been for its owner's eyes only. */
const PRIVATE = 0o600;

export interface Restored {
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  /** How many of the files and links have an object that is newer than the tree. */
  readonly newer: number;
  /** How many of the files the tree does not have. */
  readonly extras: number;
}

/** A file that gives way to the others: a folder may have its name now. */
interface LaterFile {
  readonly file: PlannedFile;
  /** Of a file that was gone; `undefined` if the tree does not have it. */
  readonly entry: Entry | undefined;
}

/**
 * @param plan lines of `PlannedFile`
 * @param tree `undefined` if there is none: only files are restored
 */
export async function putInPlace(
  options: PlacementOptions,
  plan: Spool,
  tree: Batches<Entry> | undefined,
): Promise<Restored> {
  const placement = new Placement(options);
  const links = new Spool(join(options.notes, 'links'));
  const later = new Spool(join(options.notes, 'later'));
  for await (const pairs of mergeByKey(readJson<PlannedFile>(plan), tree ?? emptyStream()))
    for (const pair of pairs) put(...pair);
  const extras = await putLater(placement, later, tree === undefined ? undefined : PRIVATE);
  await makeLinks(placement, links);
  placement.times.close();
  const times = () => flatten(readJson<ExactTime>(placement.times));
  const areExact = await setExactTimes(options.destination.folders, times);
  options.interruption.check();
  placement.notices.reportUndecided();
  if (!areExact) options.incomplete.add('Some mtimes could not be set to the nanosecond.');
  await finishFolders(placement);
  placement.notices.reportUnlike();
  options.metadata.finish();
  return { ...placement.restored, newer: placement.notices.newer, extras };

  function put(...[file, entry]: Pair<PlannedFile, Entry>): void {
    const { key } = entry ?? file;
    placement.attempt(key, () => {
      if (!isSafeKey(key) && file?.method !== 'folder')
        throw new NotRestoredError('its name is not that of a file below a folder');
      if (file?.method === 'kept') return;
      if (entry?.type === 'link') {
        if (file?.isNewer)
          placement.notices.logNewer(file, 'it is restored as the link that it was in that run');
        const replaced = whatALinkReplaces(options.destination, entry);
        if (replaced === 'the same' && options.keeps !== 'all') placement.claimLink(entry);
        else if (!staysInPlace(replaced, options.keeps)) links.write(JSON.stringify(entry));
      } else if (entry?.type === 'directory') placement.makeFolder(entry);
      else if (entry !== undefined && file === undefined) throw notInBucketError();
      else if (entry?.isKept) putLaterOn(file, entry);
      else if (entry !== undefined) placement.putFile(file, entry);
      else if (file.method === 'undecided') placement.notices.logUndecided(file);
      else if (file.method === 'not wanted') {
        if (file.isNewer)
          placement.notices.logNewer(file, 'it is not restored, since that run has a link above it');
      } else if (file.method !== 'unsafe') putLaterOn(file);
      if (file?.method === 'unsafe') throw new NotRestoredError("it has content, but its name is a folder's");
    });
  }

  function putLaterOn(file: PlannedFile, entry?: Entry): void {
    later.write(JSON.stringify({ file, entry } satisfies LaterFile));
  }
}

/** @returns how many files it has put in place that the tree does not have */
async function putLater(placement: Placement, later: Spool, mode: number | undefined): Promise<number> {
  later.close();
  let extras = 0;
  for await (const { file, entry } of flatten(readJson<LaterFile>(later))) {
    placement.attempt(file.key, () => {
      if (file.method === 'folder') placement.makeEmptyFolder(file.key);
      else {
        placement.putFile(file, entry, mode);
        if (entry === undefined) extras += 1;
      }
    });
  }
  return extras;
}

async function makeLinks(placement: Placement, links: Spool): Promise<void> {
  links.close();
  for await (const entry of flatten(readJson<Entry>(links))) {
    placement.attempt(entry.key, () => placement.makeLink(entry));
  }
}

/** Each folder after those in it. */
async function finishFolders(placement: Placement): Promise<void> {
  placement.folders.close();
  const open: Entry[] = [];
  const finishUntil = (next: string) => {
    for (let last = open.at(-1); last !== undefined && !next.startsWith(last.key); last = open.at(-1)) {
      const folder = last;
      placement.attempt(folder.key, () => placement.applyMetadata(folder));
      open.pop();
    }
  };
  for await (const entry of flatten(readJson<Entry>(placement.folders))) {
    finishUntil(entry.key);
    open.push(entry);
  }
  finishUntil('');
}

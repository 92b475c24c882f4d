// Moves the files that have arrived into place, in this order: the tree's files and folders; files that were gone, and
// files that the tree lacks; links, so that nothing is written through them; times; and the folders' modes, which may
// keep this user out.
import { join } from 'node:path';
import type { Entry } from '../tree/entry.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, Spool } from '../tree/streams/spool.js';
import { NotRestoredError } from './destination/destination.js';
import { isSafeKey } from './destination/safe-key.js';
import { type ExactTime, setExactTimes } from './metadata/exact-times.js';
import { PRIVATE } from './metadata/metadata.js';
import type { PlannedFile } from './plan/planned-file.js';
import { staysInPlace, whatALinkReplaces } from './plan/what-is-replaced.js';
import { Placement, type PlacementOptions } from './put-in-place/placement.js';

export interface Restored {
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  /** How many of the files and links have an object that is newer than the tree. */
  readonly newer: number;
  /** How many of the files the tree lacks. */
  readonly extras: number;
}

/**
 * @param plan lines of `PlannedFile`
 * @param hasTree whether the plan was made with a tree: otherwise only files are restored
 */
export async function putInPlace(
  options: PlacementOptions,
  plan: Spool,
  hasTree: boolean,
): Promise<Restored> {
  const placement = new Placement(options);
  const links = new Spool(join(options.tempFolder, 'links'));
  // Files that are put last, since a folder may have their names now.
  const later = new Spool(join(options.tempFolder, 'later'));
  for await (const file of flatten(readJson<PlannedFile>(plan))) placement.attempt(file.key, () => put(file));
  const extras = await putLater(placement, later, hasTree ? PRIVATE : undefined);
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

  function put(file: PlannedFile): void {
    const { key, method, entry, isNewer } = file;
    if (!isSafeKey(key) && method !== 'folder')
      throw new NotRestoredError('its name is not that of a file below a folder');
    if (method === 'kept') return;
    if (entry?.type === 'link') {
      if (isNewer) placement.notices.logNewer(key, 'it is restored as the link that it was in that run');
      const replaced = whatALinkReplaces(options.destination, entry);
      if (replaced === 'the same' && options.keeps !== 'all') placement.claimLink(entry);
      else if (!staysInPlace(replaced, options.keeps)) links.write(JSON.stringify(entry));
    } else if (entry?.type === 'directory') placement.makeFolder(entry);
    else if (entry !== undefined && !entry.isKept) placement.putFile(file);
    else if (entry !== undefined) later.write(JSON.stringify(file));
    else if (method === 'undecided') placement.notices.logUndecided(key);
    else if (method === 'not wanted') {
      if (isNewer) placement.notices.logNewer(key, 'it is not restored, since that run has a link above it');
    } else if (method !== 'unsafe') later.write(JSON.stringify(file));
    if (method === 'unsafe') throw new NotRestoredError("it has content, but its name is a folder's");
  }
}

/** @returns how many files it has put in place that the tree lacks */
async function putLater(placement: Placement, later: Spool, mode: number | undefined): Promise<number> {
  later.close();
  let extras = 0;
  for await (const file of flatten(readJson<PlannedFile>(later))) {
    placement.attempt(file.key, () => {
      placement.putFile(file, mode);
      if (file.entry === undefined && file.method !== 'folder') extras += 1;
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

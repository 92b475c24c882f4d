// The order in which everything gets its place: the tree's files and folders; what is in the bucket without being
// in the tree; links, so that nothing passes through them; times; and the folders' modes, which may keep us out.
import { join } from 'node:path';
import type { Entry } from '../tree/entry.js';
import { type Batches, emptyStream, flatten, mapEach } from '../tree/streams/batches.js';
import { mergeByKey, type Pair } from '../tree/streams/merge.js';
import { readJson, Spool } from '../tree/streams/spool.js';
import { isSafeKey } from './destination/safe-key.js';
import { NotRestoredError } from './destination/destination.js';
import { type ExactTime, setExactTimes } from './metadata/exact-times.js';
import {
  notInBucketError,
  Placement,
  type PlacementOptions,
  type PlannedLine,
} from './put-in-place/placement.js';
import type { PlannedFile } from './plan/planned-file.js';

/** The mode of a file that the tree, which knows the others', does not: perhaps it was for its owner's eyes only. */
const PRIVATE = 0o600;

export interface Restored {
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  /** How many of the files and links have a newer object than that of the tree's run. */
  readonly newer: number;
  /** How many of the files the tree does not have. */
  readonly extras: number;
}

/** @param tree `undefined`: there is none, so files are all there is to restore */
export async function putInPlace(
  options: PlacementOptions,
  planned: Spool,
  tree: Batches<Entry> | undefined,
): Promise<Restored> {
  const placement = new Placement(options);
  const links = new Spool(join(options.folder, 'links'));
  const extras = new Spool(join(options.folder, 'extras'));
  for await (const pairs of mergeByKey(numbered(planned), tree ?? emptyStream()))
    for (const pair of pairs) put(...pair);
  const inNoTree = await putExtras(placement, extras, tree === undefined ? undefined : PRIVATE);
  await makeLinks(placement, links);
  placement.times.close();
  const { folders } = placement.target;
  const areExact = await setExactTimes(folders, () => flatten(readJson<ExactTime>(placement.times)));
  options.interruption.check();
  if (!areExact) {
    options.incomplete.add('Some times of modification could not be set to the nanosecond.');
  }
  await finishFolders(placement);
  options.metadata.finish();
  return { ...placement.restored, extras: inNoTree };

  function put(...[line, entry]: Pair<PlannedLine, Entry>): void {
    const { key } = entry ?? line;
    placement.attempt(key, () => {
      if (!isSafeKey(key) && line?.how !== 'folder')
        throw new NotRestoredError('its name is not that of a file below a folder');
      if (entry?.type === 'link' && line?.isNewer) placement.noteNewer(entry);
      if (entry?.type === 'link') links.write(JSON.stringify(entry));
      else if (entry?.type === 'directory') placement.makeFolder(entry);
      else if (entry !== undefined && line === undefined) throw notInBucketError();
      else if (entry !== undefined) placement.putFile(line, entry);
      else if (line.how !== 'not wanted' && line.how !== 'unsafe') extras.write(JSON.stringify(line));
      if (line?.how === 'unsafe') throw new NotRestoredError("it has content, but its name is a folder's");
    });
  }
}

/** @returns how many files these are */
async function putExtras(placement: Placement, extras: Spool, mode: number | undefined): Promise<number> {
  extras.close();
  const before = placement.restored.files;
  for await (const line of flatten(readJson<PlannedLine>(extras))) {
    placement.attempt(line.key, () => {
      if (line.how === 'folder') placement.target.makeFolder(line.key);
      else placement.putFile(line, undefined, mode);
    });
  }
  return placement.restored.files - before;
}

async function makeLinks(placement: Placement, links: Spool): Promise<void> {
  links.close();
  for await (const entry of flatten(readJson<Entry>(links))) {
    placement.attempt(entry.key, () => placement.makeLink(entry));
  }
}

/** Each folder after those that are in it. */
async function finishFolders(placement: Placement): Promise<void> {
  placement.folders.close();
  const open: Entry[] = [];
  const leave = (next: string) => {
    for (let top = open.at(-1); top !== undefined && !next.startsWith(top.key); top = open.at(-1)) {
      const folder = top;
      placement.attempt(folder.key, () => placement.giveMetadata(folder));
      open.pop();
    }
  };
  for await (const entry of flatten(readJson<Entry>(placement.folders))) {
    leave(entry.key);
    open.push(entry);
  }
  leave('');
}

function numbered(planned: Spool): Batches<PlannedLine> {
  let index = -1;
  return mapEach(readJson<PlannedFile>(planned), (file) => {
    index += 1;
    return { ...file, index };
  });
}

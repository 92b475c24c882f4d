// What a folder of the backup holds, now or as it was.

import { BackupError } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';
import {
  entryMembers,
  jsonHeader,
  keptCells,
  modeText,
  mtimeOf,
  type OutputStyle,
  rowText,
  sizeText,
  timeText,
} from '../history/history-text.js';
import { entriesAt } from '../history/list-folder-at.js';
import { treeAt } from '../history/stored-runs.js';
import { bytesOf, textOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { askHistory, type HistoryRequest, timeOrNow } from './ask-history.js';

export interface LsRequest extends HistoryRequest {
  /** Relative to LOCAL_DIR or as it is on disk; '' for all of the backup. */
  readonly path: string;
  readonly at: string | undefined;
  readonly isRecursive: boolean;
  readonly isLong: boolean;
}

/** @throws {BackupError} if the backup has nothing of that path */
export function ls(request: LsRequest, context: CommandContext): Promise<number> {
  const time = timeOrNow(request.at);
  return askHistory(request, context, async function* ({ runs, files, config, style }) {
    const path = pathInLocalDir(request.path, config.localDir);
    const tree = await files.tree(treeAt(runs, time));
    if (style.isJson) yield jsonHeader('ls');
    let count = 0;
    for await (const entry of entriesAt(tree, bytesOf(path), request.isRecursive)) {
      count += 1;
      yield style.isJson ? `${JSON.stringify(entryMembers(entry))}\n` : lineOf(entry, request.isLong, style);
    }
    if (count === 0 && path !== '') throw notThere(request.path);
  });
}

function lineOf(entry: Entry, isLong: boolean, style: OutputStyle): string {
  const { key, inode, target, user, group } = entry;
  const name = textOf(key);
  if (!isLong) return rowText([name, ...keptCells(entry)], style);
  const owner = `${user ?? inode.uid}:${group ?? inode.gid}`;
  const link = target === undefined ? '' : ` -> ${textOf(target)}`;
  return rowText(
    [
      modeText(entry),
      style.isForPeople ? owner.padEnd(16) : owner,
      sizeText(inode.size, style),
      timeText(mtimeOf(entry), style),
      name + link,
      ...keptCells(entry),
    ],
    style,
  );
}

function notThere(path: string): BackupError {
  return new BackupError(`The backup has nothing at or below "${path}" at that time.`, {
    hint: 'A PATH is relative to LOCAL_DIR, or as it is on disk. encrypted-s3 find looks for a part of a name.',
  });
}

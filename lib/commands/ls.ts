// What a folder of the backup holds, now or as it was.

import { BackupError } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import { type Column, headerText, rowText } from '../cli/table.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';
import {
  entryMembers,
  jsonHeader,
  jsonLine,
  KEPT,
  MODIFIED,
  modeText,
  PATH,
  SIZE,
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
    const columns = request.isLong ? LONG : [PATH, KEPT];
    // The bare names are for people, too, what they are.
    const header = headerText(columns, { ...style, isForPeople: style.isForPeople && request.isLong });
    yield style.isJson ? jsonHeader('ls') : header;
    let count = 0;
    for await (const entry of entriesAt(tree, bytesOf(path), request.isRecursive)) {
      count += 1;
      yield style.isJson ? jsonLine(entryMembers(entry)) : rowText(columns, entry, style);
    }
    if (count === 0 && path !== '') throw notThere(request.path);
  });
}

const LONG: readonly Column<Entry>[] = [
  { name: 'MODE', width: 10, cell: modeText },
  {
    name: 'OWNER',
    width: 16,
    cell: ({ inode, user, group }) => `${user ?? inode.uid}:${group ?? inode.gid}`,
  },
  SIZE,
  MODIFIED,
  {
    name: 'PATH',
    cell: ({ key, target }) => textOf(key) + (target === undefined ? '' : ` -> ${textOf(target)}`),
  },
  KEPT,
];

function notThere(path: string): BackupError {
  return new BackupError(`The backup has nothing at or below "${path}" at that time.`, {
    hint: 'A PATH is relative to LOCAL_DIR, or as it is on disk. encrypted-s3 find looks for a part of a name.',
  });
}

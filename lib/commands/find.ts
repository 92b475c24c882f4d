// Where a file of the backup is whose name is half remembered: in one tree, or in those of all runs.
import type { CommandContext } from '../cli/main.js';
import { entriesWhere } from '../history/entries-where.js';
import { type Matches, matcherOf, versionsInTrees } from '../history/find-in-trees.js';
import {
  entryMembers,
  jsonHeader,
  keptCells,
  mtimeOf,
  rowText,
  sizeText,
  timeText,
} from '../history/history-text.js';
import { treeAt } from '../history/stored-runs.js';
import { textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { askHistory, type HistoryRequest, timeOrNow } from './ask-history.js';

export interface FindRequest extends HistoryRequest {
  readonly pattern: string;
  readonly at: string | undefined;
  /** Whether to look in the trees of all runs, and to tell when each version was seen first and last. */
  readonly isOfAllRuns: boolean;
}

/** @returns 0, also when nothing matches */
export function find(request: FindRequest, context: CommandContext): Promise<number> {
  const matches = matcherOf(request.pattern);
  return request.isOfAllRuns ? findInAll(request, matches, context) : findAt(request, matches, context);
}

function findAt(request: FindRequest, matches: Matches, context: CommandContext): Promise<number> {
  const time = timeOrNow(request.at);
  return askHistory(request, context, async function* ({ runs, files, style }) {
    if (style.isJson) yield jsonHeader('find');
    for await (const entry of flatten(entriesWhere(await files.tree(treeAt(runs, time)), matches))) {
      const cells = [sizeText(entry.inode.size, style), timeText(mtimeOf(entry), style), textOf(entry.key)];
      cells.push(...keptCells(entry));
      yield style.isJson ? `${JSON.stringify(entryMembers(entry))}\n` : rowText(cells, style);
    }
  });
}

function findInAll(request: FindRequest, matches: Matches, context: CommandContext): Promise<number> {
  return askHistory(request, context, async function* ({ runs, files, style }) {
    const trees = await files.trees(runs.trees);
    const dated = runs.trees.map(({ stored }, index) => ({ file: trees[index] ?? '', stored }));
    if (style.isJson) yield jsonHeader('find');
    else if (style.isForPeople)
      yield `${'FIRST SEEN'.padEnd(25)}  ${'LAST SEEN'.padEnd(25)}  ${'SIZE'.padStart(10)}  PATH\n`;
    for await (const { entry, firstSeen, lastSeen } of versionsInTrees(dated, matches)) {
      if (style.isJson) {
        const times = {
          firstSeen: new Date(firstSeen).toISOString(),
          lastSeen: new Date(lastSeen).toISOString(),
        };
        yield `${JSON.stringify({ ...entryMembers(entry), ...times })}\n`;
      } else {
        const times = [timeText(firstSeen, style), timeText(lastSeen, style)];
        yield rowText([...times, sizeText(entry.inode.size, style), textOf(entry.key)], style);
      }
    }
  });
}

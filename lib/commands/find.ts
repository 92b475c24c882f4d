// Where a file of the backup is whose name is half remembered: in one tree, or in those of all runs.
import { stderr } from 'node:process';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { type Column, headerText, rowText, TIME_WIDTH, timeText } from '../cli/table.js';
import { entriesWhere } from '../history/entries-where.js';
import { type FoundVersion, type Matches, matcherOf, versionsInTrees } from '../history/find-in-trees.js';
import {
  entryMembers,
  jsonHeader,
  jsonLine,
  KEPT,
  MODIFIED,
  ofEntry,
  PATH,
  SIZE,
} from '../history/history-text.js';
import { treeAt } from '../history/stored-runs.js';
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

const COLUMNS = [SIZE, MODIFIED, PATH, KEPT];

function findAt(request: FindRequest, matches: Matches, context: CommandContext): Promise<number> {
  const time = timeOrNow(request.at);
  return askHistory(request, context, async function* ({ runs, files, style }) {
    if (!style.isForPeople) yield style.isJson ? jsonHeader('find') : headerText(COLUMNS, style);
    let count = 0;
    for await (const entry of flatten(entriesWhere(await files.tree(treeAt(runs, time)), matches))) {
      // For people there is no header above nothing.
      if (count === 0 && style.isForPeople) yield headerText(COLUMNS, style);
      count += 1;
      yield style.isJson ? jsonLine(entryMembers(entry)) : rowText(COLUMNS, entry, style);
    }
    if (count === 0 && style.isForPeople)
      new Prompt(stderr, context.interruption).say(
        'Nothing is found. --all looks in all runs, and finds what is deleted.\n',
      );
  });
}

const seen = (name: string, timeOf: (version: FoundVersion) => number): Column<FoundVersion> => ({
  name,
  width: TIME_WIDTH,
  cell: (version, style) => timeText(timeOf(version), style),
});

const VERSION_COLUMNS = [
  seen('FIRST SEEN', ({ firstSeen }) => firstSeen),
  seen('LAST SEEN', ({ lastSeen }) => lastSeen),
  ofEntry<FoundVersion>(SIZE),
  ofEntry<FoundVersion>(PATH),
];

function findInAll(request: FindRequest, matches: Matches, context: CommandContext): Promise<number> {
  return askHistory(request, context, async function* ({ runs, files, style }) {
    const trees = await files.trees(runs.trees);
    const dated = runs.trees.map(({ stored }, index) => ({ file: trees[index] ?? '', stored }));
    yield style.isJson ? jsonHeader('find') : headerText(VERSION_COLUMNS, style);
    for await (const version of versionsInTrees(dated, matches))
      yield style.isJson ? jsonLine(versionMembers(version)) : rowText(VERSION_COLUMNS, version, style);
  });
}

function versionMembers({ entry, firstSeen, lastSeen }: FoundVersion): object {
  const [first, last] = [firstSeen, lastSeen].map((time) => new Date(time).toISOString());
  return { ...entryMembers(entry), firstSeen: first, lastSeen: last };
}

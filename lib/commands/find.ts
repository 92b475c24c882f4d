// Finds files of the backup by a part of their names: in one tree, or in the trees of all runs.

import type { CommandContext } from '../cli/main.js';
import { answerText } from '../cli/output/answer.js';
import { type Column, timeText } from '../cli/output/table.js';
import { timeOrNow } from '../cli/units/times.js';
import { type FoundVersion, versionsInTrees } from '../history/find-in-trees.js';
import { entryMembers, KEPT, MODIFIED, ofEntry, PATH, SIZE } from '../history/history-text.js';
import { type Matches, matcherOf } from '../history/name-pattern.js';
import { entriesWhere } from '../history/select-entries.js';
import { lastTimesOfTrees, treeAt } from '../history/stored-runs.js';
import { flatten } from '../tree/streams/batches.js';
import { askHistory, type HistoryRequest, sayUnfinished } from './ask-history.js';

interface FindRequest extends HistoryRequest {
  readonly pattern: string;
  readonly at: string | undefined;
  /** Whether to search the trees of all runs, and to show when each version was seen first and last. */
  readonly isOfAllRuns: boolean;
}

/** @returns 0, also when nothing matches */
export function find(request: FindRequest, context: CommandContext): Promise<number> {
  const matches = matcherOf(request.pattern);
  return request.isOfAllRuns ? findInAll(request, matches, context) : findAt(request, matches, context);
}

const FOUND = { what: 'find', columns: [SIZE, MODIFIED, PATH, KEPT], members: entryMembers };

function findAt(request: FindRequest, matches: Matches, context: CommandContext): Promise<number> {
  const time = timeOrNow(request.at);
  return askHistory(request, context, async function* (question) {
    const { runs, files, style } = question;
    const found = flatten(entriesWhere(await files.tree(treeAt(runs, time)), matches));
    const count = yield* answerText(found, FOUND, style);
    if (count === 0 && style.isForPeople)
      context.log.say('Nothing was found. --all searches all runs, deleted files included.');
    if (time === undefined) sayUnfinished(question, context);
  });
}

const seen = (name: string, timeOf: (version: FoundVersion) => number): Column<FoundVersion> => ({
  name,
  cell: (version, style) => timeText(timeOf(version), style),
});

const FOUND_IN_ALL = {
  what: 'find',
  columns: [
    seen('FIRST SEEN', ({ firstSeen }) => firstSeen),
    seen('LAST SEEN', ({ lastSeen }) => lastSeen),
    ofEntry<FoundVersion>(SIZE),
    ofEntry<FoundVersion>(PATH),
  ],
  members: versionMembers,
};

function findInAll(request: FindRequest, matches: Matches, context: CommandContext): Promise<number> {
  return askHistory(request, context, async function* ({ runs, files, style }) {
    const trees = await files.trees(runs.trees);
    const lastTimes = lastTimesOfTrees(runs);
    const dated = runs.trees.flatMap(({ stored }, index) => {
      const file = trees[index];
      return file === undefined ? [] : [{ file, stored, lastSeen: lastTimes[index] ?? stored }];
    });
    const count = yield* answerText(versionsInTrees(dated, matches), FOUND_IN_ALL, style);
    if (count === 0 && style.isForPeople) context.log.say('Nothing was found in any run.');
  });
}

function versionMembers({ entry, firstSeen, lastSeen }: FoundVersion): object {
  const [first, last] = [firstSeen, lastSeen].map((time) => new Date(time).toISOString());
  return { ...entryMembers(entry), firstSeen: first, lastSeen: last };
}

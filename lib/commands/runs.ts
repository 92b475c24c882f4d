// A row for each run that has stored its record, the newest last.

import { stdout } from 'node:process';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { type Column, fitted, headerText, rowText, sizeText, timeText, widthOf } from '../cli/table.js';
import { formatDuration } from '../cli/units/duration.js';
import { jsonHeader, jsonLine } from '../history/history-text.js';
import type { LastRun } from '../records/last-run.js';
import { type AskedHistory, askHistory, type HistoryRequest } from './ask-history.js';

/** Characters of the longest bar, where there is room for it. */
const BAR = 20;

export interface RunsRequest extends HistoryRequest {
  /** How many runs to show, the last ones. */
  readonly count: number;
}

export function runs(request: RunsRequest, context: CommandContext): Promise<number> {
  return askHistory(request, context, async function* (question) {
    const versions = question.runs.records.slice(-request.count);
    yield* rowsOf(await question.files.records(versions), question);
  });
}

function* rowsOf(records: readonly LastRun[], { style }: AskedHistory): Generator<string> {
  const most = Math.max(1, ...records.map(({ sent = 0 }) => sent));
  const numbers = fitted(COLUMNS, records, style);
  const room = Math.max(0, Math.min(BAR, stdout.columns - widthOf(numbers) - 2));
  const bar: Column<LastRun> = {
    name: '',
    cell: ({ sent = 0 }) => '█'.repeat(Math.ceil((room * sent) / most)),
  };
  const columns = style.isForPeople ? [...numbers, bar] : numbers;
  yield style.isJson ? jsonHeader('runs') : headerText(columns, style);
  for (const record of records)
    yield style.isJson ? jsonLine({ ...record, exit: exitOf(record) }) : rowText(columns, record, style);
}

function exitOf({ isIncomplete }: LastRun): number {
  return isIncomplete === false ? exitCode.done : exitCode.incomplete;
}

const COLUMNS: readonly Column<LastRun>[] = [
  { name: 'ENDED', cell: ({ ended }, style) => timeText(Date.parse(ended), style) },
  {
    name: 'TOOK',
    cell: ({ started, ended }, { isForPeople }) => {
      const seconds = (Date.parse(ended) - Date.parse(started)) / 1000;
      return isForPeople ? formatDuration(seconds) : `${seconds}`;
    },
  },
  { name: 'FILES', isRight: true, cell: ({ totals }) => `${totals.files}` },
  {
    name: 'SIZE',
    isRight: true,
    cell: ({ totals }, style) => sizeText(totals.bytes, style),
  },
  { name: 'SENT', isRight: true, cell: ({ sent = 0 }) => `${sent}` },
  { name: 'DELETED', isRight: true, cell: ({ deleted }) => `${deleted}` },
  { name: 'EXIT', isRight: true, cell: (record) => `${exitOf(record)}` },
];

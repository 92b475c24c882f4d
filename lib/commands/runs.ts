// A row for each run that has stored its record, the newest last.

import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { formatDuration } from '../cli/units/duration.js';
import { jsonHeader, rowText, sizeText, timeText } from '../history/history-text.js';
import type { LastRun } from '../records/last-run.js';
import { askHistory, type HistoryRequest, type Question } from './ask-history.js';

/** Characters of the longest bar. */
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

function* rowsOf(records: readonly LastRun[], { style }: Question): Generator<string> {
  if (style.isJson) yield jsonHeader('runs');
  else if (style.isForPeople)
    yield 'ENDED                      TOOK          FILES        SIZE    SENT  DELETED  EXIT\n';
  const most = Math.max(1, ...records.map(({ sent = 0 }) => sent));
  for (const record of records) {
    const { started, ended, totals, sent = 0, deleted } = record;
    const exit = record.isIncomplete === false ? exitCode.done : exitCode.incomplete;
    if (style.isJson) yield `${JSON.stringify({ ...record, exit })}\n`;
    else {
      const seconds = (Date.parse(ended) - Date.parse(started)) / 1000;
      const took = style.isForPeople ? formatDuration(seconds).padEnd(12) : `${seconds}`;
      const pad = (value: number, width: number) =>
        style.isForPeople ? `${value}`.padStart(width) : `${value}`;
      const bar = style.isForPeople ? ['█'.repeat(Math.ceil((BAR * sent) / most))] : [];
      yield rowText(
        [
          timeText(Date.parse(ended), style),
          took,
          pad(totals.files, 6),
          sizeText(totals.bytes, style),
          pad(sent, 6),
          pad(deleted, 7),
          pad(exit, 4),
          ...bar,
        ],
        style,
      );
    }
  }
}

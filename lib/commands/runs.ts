// Shows each run that has stored its record, one in a row, the newest last.
import { stdout } from 'node:process';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { answerText } from '../cli/output/answer.js';
import { type Column, fitted, type OutputStyle, sizeText, timeText, widthOf } from '../cli/output/table.js';
import { formatDuration } from '../cli/units/quantities.js';
import { timesOfRuns } from '../history/stored-runs.js';
import type { LastRun } from '../records/last-run.js';
import { askHistory, type HistoryRequest } from './ask-history.js';

/** The length of the longest bar, if there is room for it (characters). */
const BAR = 20;

interface RunsRequest extends HistoryRequest {
  /** How many runs to show, the last ones. */
  readonly count: number;
}

interface Run extends LastRun {
  /** A time for --at (ms since the epoch). */
  readonly stored: number;
}

export function runs(request: RunsRequest, context: CommandContext): Promise<number> {
  return askHistory(request, context, async function* ({ runs: { records, trees }, files, style }) {
    const versions = records.slice(-request.count);
    const fetched = await files.records(versions);
    const found = versions.flatMap(({ stored }, index) => {
      const record = fetched[index];
      return record === undefined ? [] : [{ ...record, stored }];
    });
    const times = timesOfRuns(
      found.map(({ stored, started }) => ({ stored, started: Date.parse(started) })),
      trees,
    );
    const rows = found.map((record, index) => ({ ...record, stored: times[index] ?? record.stored }));
    const columns = style.isForPeople ? withBar(rows, style) : COLUMNS;
    yield* answerText(rows, { what: 'runs', columns, members }, style);
  });
}

/** The bar fills the rest of the terminal's line. */
function withBar(rows: readonly Run[], style: OutputStyle): Column<Run>[] {
  const numbers = fitted(COLUMNS, rows, style);
  const most = Math.max(1, ...rows.map(({ sent = 0 }) => sent));
  const room = Math.max(0, Math.min(BAR, stdout.columns - widthOf(numbers) - 2));
  const cell = ({ sent = 0 }: Run) => '█'.repeat(Math.ceil((room * sent) / most));
  return [...numbers, { name: '', isRemark: true, cell }];
}

function members({ stored, ...record }: Run): object {
  return { ...record, stored: new Date(stored).toISOString(), exit: exitOf(record) };
}

function exitOf({ isIncomplete }: LastRun): number {
  return isIncomplete === false ? exitCode.done : exitCode.incomplete;
}

const COLUMNS: readonly Column<Run>[] = [
  { name: 'ENDED', cell: ({ stored }, style) => timeText(stored, style) },
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

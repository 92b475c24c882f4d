// What changed in the backup between two points in time.

import type { CommandContext } from '../cli/main.js';
import { answerText, jsonHeader, jsonLine, type RowFormat } from '../cli/output/answer.js';
import { formatBytes, formatCount } from '../cli/units/quantities.js';
import { timeOrNow } from '../cli/units/times.js';
import { type Change, compareTrees, type Difference } from '../history/compare-trees.js';
import { entryMembers, pathMember } from '../history/history-text.js';
import { treeAt } from '../history/stored-runs.js';
import { textOf } from '../tree/bytes.js';
import { askHistory, type HistoryRequest } from './ask-history.js';

/** As `git status` and `rsync` mark them. */
const SIGNS: Readonly<Record<Change, string>> = { added: '+', removed: '-', changed: 'M', metadata: 'm' };

interface DiffRequest extends HistoryRequest {
  readonly from: string;
  /** `undefined`: the last run. */
  readonly to: string | undefined;
  /** Whether to print counts and sizes only. */
  readonly isStat: boolean;
}

export function diff(request: DiffRequest, context: CommandContext): Promise<number> {
  const [from, to] = [timeOrNow(request.from), timeOrNow(request.to)];
  return askHistory(request, context, async function* ({ runs, files, style }) {
    const earlier = await files.tree(treeAt(runs, from));
    const later = await files.tree(treeAt(runs, to));
    const differences = compareTrees(earlier, later);
    // People need no header for the signs.
    if (!request.isStat) yield* answerText(differences, FORMAT, { ...style, hasHeader: request.hasHeader });
    else {
      const counts = new Counts();
      for await (const difference of differences) counts.add(difference);
      yield style.isJson ? jsonHeader(FORMAT.what) + jsonLine(counts.members()) : counts.text();
    }
  });
}

const FORMAT: RowFormat<Difference> = {
  what: 'diff',
  columns: [
    { name: 'CHANGE', cell: ({ change }) => SIGNS[change] },
    { name: 'PATH', cell: ({ key }) => textOf(key) },
  ],
  members: ({ change, key, before, after }) => ({
    change,
    ...pathMember(key),
    before: before && entryMembers(before),
    after: after && entryMembers(after),
  }),
};

class Counts {
  readonly #counts = new Map<Change, { files: number; bytes: number }>();

  add({ change, before, after }: Difference): void {
    const entry = after ?? before;
    if (entry?.type !== 'file') return;
    const count = this.#counts.get(change) ?? { files: 0, bytes: 0 };
    this.#counts.set(change, { files: count.files + 1, bytes: count.bytes + entry.inode.size });
  }

  members(): object {
    return Object.fromEntries(this.#each());
  }

  text(): string {
    const lines = this.#each().map(
      ([change, { files, bytes }]) =>
        `${change.padEnd(9)}${formatCount(files, 'file')}, ${formatBytes(bytes)}\n`,
    );
    return lines.join('');
  }

  #each(): [Change, { files: number; bytes: number }][] {
    const changes = Object.keys(SIGNS) as Change[];
    return changes.map((change) => [change, this.#counts.get(change) ?? { files: 0, bytes: 0 }]);
  }
}

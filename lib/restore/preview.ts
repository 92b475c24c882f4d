// Shows what a restore would create, replace and keep, before anything is written.
import { printable } from '../cli/log/log.js';
import { formatCount } from '../cli/units/quantities.js';
import { textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, type Spool } from '../tree/streams/spool.js';
import { isFetched } from './plan/fetch-method.js';
import type { PlannedFile, Replaced } from './plan/planned-file.js';
import { type KeptFiles, type PreviewCounts, staysInPlace } from './plan/what-is-replaced.js';

/** `Will create 3,166 files, replace 12 (3 are newer on disk).` */
export function summaryOf(all: readonly PreviewCounts[]): string {
  const sum = (count: keyof Omit<PreviewCounts, 'add'>) =>
    all.reduce((total, counts) => total + counts[count], 0);
  const [newer, kept, left] = [sum('newerOnDisk'), sum('kept'), sum('keptInBucket')];
  const words = [
    `create ${formatCount(sum('created'), 'file')}`,
    `replace ${sum('replaced')}${newer === 0 ? '' : ` (${newer} ${newer === 1 ? 'is' : 'are'} newer on disk)`}`,
    ...(kept === 0 ? [] : [`keep ${kept}`]),
    ...(left === 0 ? [] : [`leave out ${left} gone from disk`]),
  ];
  return `Will ${words.join(', ')}.`;
}

/** The action for a file or link, and for the file in its place, in a word. */
export function actionOn(replaced: Replaced | undefined, keeps: KeptFiles): string {
  if (replaced === undefined) return 'create';
  if (replaced === 'the same') return 'leave';
  const action = staysInPlace(replaced, keeps) ? 'keep' : 'replace';
  return replaced === 'newer' ? `${action} (newer on disk)` : action;
}

/** A line for each file and link: create, replace, keep or leave. */
export async function* describePlan(plan: Spool, keeps: KeptFiles): AsyncGenerator<string> {
  for await (const { key, method, entry, replaces } of flatten(readJson<PlannedFile>(plan))) {
    const isRestored = entry?.type === 'link' || isFetched(method) || replaces !== undefined;
    if (isRestored) yield `(dryrun) ${actionOn(replaces, keeps)}: ${printable(textOf(key))}\n`;
  }
}

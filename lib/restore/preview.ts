// What a restore would do to the files that are there, said before anything is written.
import { statSync } from 'node:fs';
import { stdin } from 'node:process';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import { OutputClosedError, printTexts } from '../cli/print.js';
import type { Prompt } from '../cli/prompt.js';
import { formatCount } from '../cli/units/quantities.js';
import { textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson } from '../tree/streams/spool.js';
import type { KeptFiles } from './plan/plan.js';
import type { PlannedFile } from './plan/planned-file.js';
import type { RestoreSurvey } from './survey.js';

const HINT =
  'Add --overwrite to replace what is there, --keep-newer to replace only what is older, or --missing-only to replace nothing; --dry-run shows what would happen.';

/** A line for each file: create, replace, keep or leave. @returns the exit code */
export async function printPlan({ plan, totals }: RestoreSurvey): Promise<number> {
  const lines = (async function* () {
    for await (const file of flatten(readJson<PlannedFile>(plan))) {
      const what = actionOf(file);
      if (what !== undefined) yield `(dryrun) ${what}: ${printable(textOf(file.key))}\n`;
    }
    yield `(dryrun) ${summaryOf({ totals })}\n`;
  })();
  try {
    await printTexts(lines);
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
  return exitCode.done;
}

function actionOf({ method, replaces }: PlannedFile): string | undefined {
  switch (method) {
    case 'in bulk':
    case 'singly':
      if (replaces === undefined) return 'create';
      return replaces === 'newer' ? 'replace (newer on disk)' : 'replace';
    case 'kept':
      return replaces === 'newer' ? 'keep (newer on disk)' : 'keep';
    case 'there already':
      return 'leave';
    default:
      return undefined;
  }
}

function summaryOf({ totals }: Pick<RestoreSurvey, 'totals'>): string {
  const { counts, replaced, newerOnDisk } = totals;
  const created = counts['in bulk'] + counts.singly - replaced;
  const newer = newerOnDisk === 0 ? '' : ` (${newerOnDisk} newer on disk)`;
  const kept = counts.kept === 0 ? '' : `, keep ${counts.kept}`;
  return `Will create ${formatCount(created, 'file')}, replace ${replaced}${newer}${kept}.`;
}

/** A single file to restore, and the one that is in its place, if there is one. */
export interface FilePreview {
  readonly target: string;
  /** Of the file in the backup (ms since the epoch); `undefined` without a tree. */
  readonly mtime: number | undefined;
  readonly keeps: KeptFiles;
  readonly overwrites: boolean;
}

/** What happens to a single file. */
export function planFile({ target, mtime, keeps }: FilePreview): PlannedAction {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found === undefined) return 'create';
  const isNewer = mtime !== undefined && found.mtimeMs > mtime;
  return keeps === 'all' || (keeps === 'newer' && isNewer) ? 'keep' : 'replace';
}

type PlannedAction = 'create' | 'replace' | 'keep';

/** @throws {BackupError} unless the user has said, or says now on a terminal, that the file may be replaced */
export async function assertMayReplaceFile(
  { target, keeps, overwrites }: FilePreview,
  prompt: Prompt,
): Promise<void> {
  if (overwrites || keeps === 'newer') return;
  if (!stdin.isTTY) throw new BackupError(`"${target}" exists.`, { hint: HINT });
  const answer = await prompt.ask(`"${target}" exists. Type 'yes' to replace it: `);
  if (answer !== 'yes') throw new BackupError('Nothing was restored.', { hint: HINT });
}

/**
 * Whether files in the destination may be replaced: because the user has said so, or says so now on a terminal.
 * @throws {BackupError} if files would be replaced, and nobody has said so
 */
export async function mayReplace(
  survey: RestoreSurvey,
  {
    path,
    keeps,
    overwrites,
  }: { readonly path: string; readonly keeps: KeptFiles; readonly overwrites: boolean },
  prompt: Prompt,
): Promise<boolean> {
  const { replaced } = survey.totals;
  if (replaced === 0) return overwrites;
  const summary = summaryOf(survey);
  if (overwrites || keeps === 'newer') {
    prompt.say(`${summary}\n`);
    return true;
  }
  if (!stdin.isTTY) throw new BackupError(`Files in "${path}" would be replaced. ${summary}`, { hint: HINT });
  const answer = await prompt.ask(`${summary} Type 'yes' to go on: `);
  if (answer === 'yes') return true;
  throw new BackupError('Nothing was restored.', { hint: HINT });
}

// Restores what was planned: shows what that would replace, and asks for permission. A part is what one PATH names.
import { stdin } from 'node:process';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printTexts } from '../cli/output/print.js';
import type { Prompt } from '../cli/prompt.js';
import type { KeptFiles, PreviewCounts } from './plan/what-is-replaced.js';
import { summaryOf } from './preview.js';

const HINT =
  'Add --overwrite to replace files that differ, --keep-newer to replace only older ones, or --missing-only to replace none; --dry-run shows what would happen.';

/** The restore of one PATH: a folder, or a file. */
export interface RestorePart {
  readonly counts: PreviewCounts;
  /** The path of the folder or file that is restored to. */
  readonly destination: string;
  /** A line for each file and link: create, replace, keep or leave. */
  actions(): AsyncIterable<string> | Iterable<string>;
  /** @param overwrites whether files that differ may be replaced @returns the exit code */
  restore(overwrites: boolean): Promise<number>;
}

interface RestoreAnswers {
  readonly keeps: KeptFiles;
  readonly overwrites: boolean;
  /** Whether to print what would be done, and write nothing. */
  readonly isDry: boolean;
}

/**
 * Restores all parts, or only prints what that would do.
 * @returns the highest exit code of the parts
 * @throws {BackupError} if files would be replaced without permission
 */
export async function restoreParts(
  parts: readonly RestorePart[],
  answers: RestoreAnswers,
  prompt: Prompt,
): Promise<number> {
  if (answers.isDry) return printPlan(parts);
  const overwrites = await mayReplace(parts, answers, prompt);
  let code: number = exitCode.done;
  for (const part of parts) code = Math.max(code, await part.restore(overwrites));
  return code;
}

async function printPlan(parts: readonly RestorePart[]): Promise<number> {
  const lines = (async function* () {
    for (const part of parts) yield* part.actions();
    yield `(dryrun) ${summaryOf(countsOf(parts))}\n`;
  })();
  await printTexts(lines);
  return exitCode.done;
}

/** Whether files in the destination may be replaced: by an option, or by the user's answer on a terminal. */
async function mayReplace(
  parts: readonly RestorePart[],
  { keeps, overwrites }: RestoreAnswers,
  prompt: Prompt,
): Promise<boolean> {
  const replacing = parts.find(({ counts }) => counts.replaced > 0);
  const summary = summaryOf(countsOf(parts));
  if (replacing === undefined) {
    // The user wants to know that newer work stays.
    if (parts.some(({ counts }) => counts.kept > 0)) prompt.say(`${summary}\n`);
    return overwrites;
  }
  if (overwrites || keeps === 'newer') {
    prompt.say(`${summary}\n`);
    return true;
  }
  if (!stdin.isTTY) {
    throw new BackupError(`Files in "${replacing.destination}" would be replaced. ${summary}`, {
      hint: HINT,
    });
  }
  const answer = await prompt.ask(`${summary} Type 'yes' to go on: `);
  if (answer === 'yes') return true;
  throw new BackupError('Nothing was restored.', { hint: HINT });
}

function countsOf(parts: readonly RestorePart[]): PreviewCounts[] {
  return parts.map(({ counts }) => counts);
}

// What runs, ls, find and diff have in common: the config, the stored trees, and output that may be cut off by `| head`.
import type { Remote } from '../aws/remote.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { type AnswerStyle, answerStyle, type OutputFlags } from '../cli/output/answer.js';
import { printTexts } from '../cli/output/print.js';
import { parseTime } from '../cli/units/times.js';
import type { BackupConfig } from '../config/backup-config.js';
import { type History, withHistory } from '../history/open-history.js';
import { openConfig } from './open-config.js';

export interface HistoryRequest extends OutputFlags {
  readonly config: string | undefined;
}

export interface AskedHistory extends History {
  readonly config: BackupConfig;
  readonly remote: Remote;
  readonly style: AnswerStyle;
}

/** @param answer gives the lines to print @returns the exit code */
export async function askHistory(
  request: HistoryRequest,
  context: CommandContext,
  answer: (question: AskedHistory) => AsyncGenerator<string>,
): Promise<number> {
  const { config, remote } = await openConfig(request.config, context);
  const style = answerStyle(request);
  return withHistory(remote, config, async (history) => {
    await printTexts(answer({ ...history, config, remote, style }));
    return exitCode.done;
  });
}

/** For people: what the trees do not tell yet. */
export function sayUnfinished({ hasUnfinished, style }: AskedHistory, { log }: CommandContext): void {
  if (!hasUnfinished || !style.isForPeople) return;
  log.say(
    'A run is going on, or did not end: what it has stored is not shown here. encrypted-s3-list-versions shows it, and encrypted-s3 restore brings it back by its path.',
  );
}

/** @returns ms since the epoch; `undefined`: now */
export function timeOrNow(at: string | undefined): number | undefined {
  return at === undefined ? undefined : parseTime(at, new Date());
}

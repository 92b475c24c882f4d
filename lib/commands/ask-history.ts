// The common part of runs, ls, find and diff: the config, the stored trees, and output that `head` may cut off.
import type { Remote } from '../aws/remote.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { type AnswerStyle, answerStyle, type OutputFlags } from '../cli/output/answer.js';
import { printTexts } from '../cli/output/print.js';
import type { BackupConfig } from '../config/backup-config.js';
import { type History, withHistory } from '../history/open-history.js';
import { openConfig } from './connection.js';

export interface HistoryRequest extends OutputFlags {
  readonly configFile: string | undefined;
}

interface AskedHistory extends History {
  readonly config: BackupConfig;
  readonly remote: Remote;
  readonly style: AnswerStyle;
}

/** @param answer yields the lines to print @returns the exit code */
export async function askHistory(
  request: HistoryRequest,
  context: CommandContext,
  answer: (question: AskedHistory) => AsyncGenerator<string>,
): Promise<number> {
  const { config, remote } = await openConfig(request.configFile, context);
  const style = answerStyle(request);
  return withHistory(remote, config, async (history) => {
    await printTexts(answer({ ...history, config, remote, style }));
    return exitCode.done;
  });
}

/** Tells people that the trees may not be complete. */
export function sayUnfinished({ hasUnfinished, style }: AskedHistory, { log }: CommandContext): void {
  if (!hasUnfinished || !style.isForPeople) return;
  log.say(
    'A run is going on, or did not end: its files are not shown here. encrypted-s3-list-versions shows them, and encrypted-s3 restore restores them by their paths.',
  );
}

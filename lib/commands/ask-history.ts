// What runs, ls, find and diff have in common: the config, the stored trees, and output that may be cut off by `| head`.
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { OutputClosedError, printTexts } from '../cli/print.js';
import { type OutputFlags, type OutputStyle, outputStyle } from '../cli/table.js';
import { parseTime } from '../cli/units/times.js';
import type { BackupConfig } from '../config/backup-config.js';
import { type History, withHistory } from '../history/open-history.js';
import { openConfig } from './open-config.js';

export interface HistoryRequest extends OutputFlags {
  readonly config: string | undefined;
}

export interface AskedHistory extends History {
  readonly config: BackupConfig;
  readonly style: OutputStyle;
}

/** @param answer gives the lines to print @returns the exit code */
export async function askHistory(
  request: HistoryRequest,
  context: CommandContext,
  answer: (question: AskedHistory) => AsyncGenerator<string>,
): Promise<number> {
  const { config, remote } = await openConfig(request.config, context);
  const style = outputStyle(request);
  return withHistory(remote, config, async (history) => {
    try {
      await printTexts(answer({ ...history, config, style }));
    } catch (error) {
      if (!(error instanceof OutputClosedError)) throw error;
    }
    return exitCode.done;
  });
}

/** @returns ms since the epoch; `undefined`: now */
export function timeOrNow(at: string | undefined): number | undefined {
  return at === undefined ? undefined : parseTime(at, new Date());
}

// Checks the config: whether it is complete and valid, who may read it, and what looks like a mistake.
import { statSync } from 'node:fs';
import type { BackupConfig } from '../../config/backup-config.js';
import { readConfig } from '../../config/read-config.js';
import { InvalidConfigError } from '../../config/setting-reader.js';
import { judgeTrust } from '../../config/trust.js';
import { type Finding, failed, failedBy, ok, warning } from './finding.js';
import { editConfig } from './remedies.js';

interface CheckedConfig {
  /** `undefined` if it can't be used. */
  readonly config: BackupConfig | undefined;
  readonly findings: readonly Finding[];
}

export async function checkConfig(file: string): Promise<CheckedConfig> {
  const slips: string[] = [];
  let config: BackupConfig | undefined;
  const findings: Finding[] = [];
  try {
    config = await readConfig(file, { warn: (message) => slips.push(message) });
    if (slips.length === 0) findings.push(ok('config', `"${file}" is complete`));
  } catch (error) {
    const isWrong = error instanceof InvalidConfigError;
    findings.push(isWrong ? failed('config', error.message, editConfig(file)) : failedBy('config', error));
  }
  const readers = readersOf(file);
  const others = slips.filter((slip) => slip !== readers);
  for (const slip of others) findings.push(judgeSlip('config', slip, editConfig(file)));
  if (readers !== undefined) findings.push(judgeSlip('permissions', readers, editConfig(file)));
  else if (config !== undefined) findings.push(ok('permissions', 'not everybody may read the config'));
  return { config, findings };
}

/** @param edit the command that corrects it, unless the sentence ends in one */
function judgeSlip(check: string, sentence: string, edit: string): Finding {
  const [, text = sentence, command = edit] = /^(.*): (ch(?:mod|own) .*)$/s.exec(sentence) ?? [];
  return warning(check, text, command);
}

/** The warning about readers; `undefined` for a pipe, which can't be examined again. */
function readersOf(file: string): string | undefined {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return undefined;
    return judgeTrust({ file, stats, parts: [], user: process.geteuid?.() }).warningOfReaders;
  } catch {
    return undefined;
  }
}

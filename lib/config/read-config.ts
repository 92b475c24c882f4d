// Reads a config: the lexer or bash reads its text, then its values are checked.
import { BackupError } from '../cli/errors.js';
import { copyEnvironmentAndDropKey } from '../secrets/environment.js';
import type { BackupConfig, PartialConfig } from './backup-config.js';
import { type LoadedConfig, loadConfigFile } from './config-file.js';
import { type BashConstruct, evaluate } from './literal/evaluate.js';
import { InvalidConfigError, type WarningLog } from './setting-reader.js';
import { onFailureOf, trustedHooks } from './trusted-hooks.js';
import { validate, validatePartially } from './validate.js';
import type { ConfigValues } from './values.js';

/**
 * The config of a backup.
 * @param log gets the warnings
 * @param directory where the run will start, if not here; then `file` must be an absolute path
 * @throws {BackupError} with everything that is wrong with it
 */
export async function readConfig(file: string, log: WarningLog, directory?: string): Promise<BackupConfig> {
  const loaded = loadConfigFile(file, directory);
  const values = await readValues(loaded);
  const config = explained(loaded, () => validate(file, values, log));
  return { ...config, ...trustedHooks(loaded, config.hooks) };
}

/**
 * Like `readConfig`, without warnings and without bash; `undefined` if only bash can read the file.
 * @throws {BackupError} with everything that is wrong with it
 */
export function readLiteralConfig(file: string): BackupConfig | undefined {
  const { bytes, directory } = loadConfigFile(file);
  const evaluation = evaluate(bytes, { file, environment: copyEnvironmentAndDropKey(), directory });
  return evaluation.kind === 'values' ? validate(file, evaluation.values, { warn: () => {} }) : undefined;
}

/**
 * The bucket and the key of a config, for a command that asks for missing values.
 * @throws {BackupError} if values are wrong, but not if they are missing
 */
export async function readPartialConfig(file: string, log: WarningLog): Promise<PartialConfig> {
  return validatePartially(file, await readValues(loadConfigFile(file)), log);
}

/** The values, read by the lexer or, if only bash can read the file and others can't write it, by bash. */
async function readValues(loaded: LoadedConfig): Promise<ConfigValues> {
  const { bytes, file, directory, trust } = loaded;
  const shell = { file, environment: copyEnvironmentAndDropKey(), directory };
  const evaluation = explained(loaded, () => evaluate(bytes, shell));
  let values: ConfigValues;
  if (evaluation.kind === 'values') values = evaluation.values;
  else {
    assertMayRun(loaded, evaluation);
    const { readWithBash } = await import('./bash/read-with-bash.js');
    values = explained(loaded, () => readWithBash(bytes, shell));
  }
  // On a terminal only: a run by cron with a config of the original stays silent.
  const warnsOfReaders = process.stderr.isTTY && values.assigned.has('ENCRYPTION_KEY');
  const warnings = [trust.warningOfWriters, warnsOfReaders ? trust.warningOfReaders : undefined];
  return { ...values, warnings: [...values.warnings, ...warnings.filter((it) => it !== undefined)] };
}

/** @throws {BackupError} with the line that needs bash, and what to do, if somebody else could have written the file */
function assertMayRun(
  { file, trust: { objection } }: LoadedConfig,
  { line, construct }: BashConstruct,
): void {
  if (objection === undefined) return;
  const where = line === undefined ? file : `${file}:${line}`;
  throw new BackupError(
    `${where}: Only bash can read this (${construct}), and bash does not run this file: ${objection.reason}.`,
    { hint: `${objection.remedy}, or write plain lines: NAME='value'` },
  );
}

/** @throws {InvalidConfigError} if `read` fails, with ON_FAILURE if that is valid and may be called */
function explained<T>(loaded: LoadedConfig, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    throw new InvalidConfigError(error.lines, error.hint, onFailureOf(loaded, error));
  }
}

// A config: its text read by the lexer or by bash, its values checked.
import { BackupError } from '../cli/errors.js';
import { takeEnvironmentFromProcess } from '../secrets/environment.js';
import type { BackupConfig, PartialConfig } from './backup-config.js';
import { type LoadedConfig, loadConfigFile } from './config-file.js';
import { evaluate } from './literal/evaluate.js';
import { onFailureInText } from './on-failure-in-text.js';
import { InvalidConfigError, type WarningLog } from './setting-reader.js';
import { assertTrusted, warningOfReaders, warningOfWriters } from './trust.js';
import { validate, validatePartially } from './validate.js';
import type { ConfigValues } from './values.js';

/**
 * The config of a backup.
 * @param log gets the warnings
 * @param directory where the run will be started, if not here; then `file` is an absolute path
 * @throws {BackupError} with everything that is wrong with it
 */
export async function readConfig(file: string, log: WarningLog, directory?: string): Promise<BackupConfig> {
  return validate(file, await readValues(file, directory), log);
}

/**
 * The same without a warning, and without bash; `undefined` if only bash can read it.
 * @throws {BackupError} with everything that is wrong with it
 */
export function readLiteralConfig(file: string): BackupConfig | undefined {
  const { bytes, directory } = loadConfigFile(file);
  const evaluation = evaluate(bytes, { file, environment: takeEnvironmentFromProcess(), directory });
  return evaluation.kind === 'values' ? validate(file, evaluation.values, { warn: () => {} }) : undefined;
}

/**
 * What a config says about the bucket and the key, for a command that asks for the rest.
 * @throws {BackupError} if values are wrong, not if they are missing
 */
export async function readPartialConfig(file: string, log: WarningLog): Promise<PartialConfig> {
  return validatePartially(file, await readValues(file), log);
}

/** @throws {InvalidConfigError} for a text that is wrong, with the ON_FAILURE that stands in it all the same */
function orExplained<T>({ bytes, file }: LoadedConfig, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    throw new InvalidConfigError(error.lines, error.hint, onFailureInText(bytes, file));
  }
}

/** The values by the lexer or, where that does not understand the file and others can't write it, by bash. */
async function readValues(file: string, directory?: string): Promise<ConfigValues> {
  const config = loadConfigFile(file, directory);
  const shell = { file, environment: takeEnvironmentFromProcess(), directory: config.directory };
  const evaluation = orExplained(config, () => evaluate(config.bytes, shell));
  let values: ConfigValues;
  if (evaluation.kind === 'values') values = evaluation.values;
  else {
    assertTrusted(config, evaluation);
    const { readWithBash } = await import('./bash/read-with-bash.js');
    values = orExplained(config, () => readWithBash(config.bytes, shell));
  }
  // On a terminal only: a run of cron's with a config that served the original stays silent.
  const warnsOfReaders = process.stderr.isTTY && values.assigned.has('ENCRYPTION_KEY');
  const warnings = [warningOfWriters(config), warnsOfReaders ? warningOfReaders(config) : undefined];
  return { ...values, warnings: [...values.warnings, ...warnings.filter((it) => it !== undefined)] };
}

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { BackupError, errnoOf, shellQuote } from '../cli/errors.js';
import { takeEnvironmentFromProcess } from '../secrets/environment.js';
import { partsOfPath } from '../tree/disk/path-parts.js';
import type { BackupConfig, PartialConfig } from './backup-config.js';
import { evaluate } from './literal/evaluate.js';
import type { WarningLog } from './setting-reader.js';
import { assertTrusted, type ConfigFile, warningOfReaders, warningOfWriters } from './trust.js';
import { validate, validatePartially } from './validate.js';
import type { ConfigValues } from './values.js';

/**
 * The config of a backup.
 * @param log gets the warnings
 * @throws {BackupError} with everything that is wrong with it
 */
export async function readConfig(file: string, log: WarningLog): Promise<BackupConfig> {
  return validate(file, await readValues(file), log);
}

/**
 * What a config says about the bucket and the key, for a command that asks for the rest.
 * @throws {BackupError} if values are wrong, not if they are missing
 */
export async function readPartialConfig(file: string, log: WarningLog): Promise<PartialConfig> {
  return validatePartially(file, await readValues(file), log);
}

/** The values by the lexer or, where that does not understand the file and others can't write it, by bash. */
async function readValues(file: string): Promise<ConfigValues> {
  const config = load(file);
  const shell = { file, environment: takeEnvironmentFromProcess(), directory: config.directory };
  const evaluation = evaluate(config.bytes, shell);
  let values: ConfigValues;
  if (evaluation.kind === 'values') values = evaluation.values;
  else {
    assertTrusted(config, evaluation);
    const { readWithBash } = await import('./bash/read-with-bash.js');
    values = readWithBash(config.bytes, shell);
  }
  // On a terminal only: a run of cron's with a config that served the original stays silent.
  const warnsOfReaders = process.stderr.isTTY && values.assigned.has('ENCRYPTION_KEY');
  const warnings = [warningOfWriters(config), warnsOfReaders ? warningOfReaders(config) : undefined];
  return { ...values, warnings: [...values.warnings, ...warnings.filter((it) => it !== undefined)] };
}

interface LoadedConfig extends ConfigFile {
  readonly bytes: Buffer;
  /** The working directory. */
  readonly directory: string;
}

function load(file: string): LoadedConfig {
  const directory = process.cwd();
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const [bytes, stats] = [readFileSync(descriptor), fstatSync(descriptor)];
    return {
      file,
      bytes,
      stats,
      path: partsIfVisible(file, directory),
      user: process.geteuid?.(),
      directory,
    };
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function partsIfVisible(file: string, directory: string): ConfigFile['path'] {
  try {
    return partsOfPath(file, directory);
  } catch {
    return undefined;
  }
}

function unreadable(file: string, error: unknown): unknown {
  const hints: Readonly<Record<string, readonly [string, string]>> = {
    ENOENT: ['does not exist', 'Give the path of your config; config.template is one to begin with.'],
    ENOTDIR: ['does not exist', 'A part of its path is a file, not a directory.'],
    EISDIR: ['is a directory', 'Give the path of the config file in it.'],
    EACCES: ['may not be read by this user', `See who may: namei -l ${shellQuote(file)}`],
    ELOOP: ['is a link that leads back to itself', 'Give the path of the file itself.'],
  };
  const code = errnoOf(error);
  if (code === undefined) return error;
  const [what, hint] = hints[code] ?? [`cannot be read (${code})`, 'See that it is a readable file.'];
  return new BackupError(`The config file ${what}: ${file}`, { hint, cause: error });
}

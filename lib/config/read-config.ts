import { closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { BackupError, errnoOf } from '../cli/errors.js';
import { takeEnvironmentFromProcess } from '../secrets/environment.js';
import { type PathPart, partsOfPath } from '../tree/disk/path-parts.js';
import type { BackupConfig, PartialConfig } from './config.js';
import { evaluate } from './literal/evaluate.js';
import { shellQuote } from './shell-quote.js';
import { assertTrusted, exposureOf, warningAbout } from './trust.js';
import { validate, validatePartially } from './validate.js';
import type { BashVariables, ConfigValues } from './values.js';

export type { BackupConfig, PartialConfig } from './config.js';

/**
 * The config of a backup.
 *
 * @throws {BackupError} with everything that is wrong with it.
 */
export async function readConfig(file: string): Promise<BackupConfig> {
  return validate(file, await readValues(file));
}

/**
 * What a config says about the bucket and the key, for a command that asks for the rest.
 *
 * @throws {BackupError} at values that are wrong, not at missing ones.
 */
export async function readPartialConfig(file: string): Promise<PartialConfig> {
  return validatePartially(file, await readValues(file));
}

/** The values of a config, by the lexer or, where that does not suffice and it is safe, by bash. */
export async function readValues(file: string): Promise<ConfigValues> {
  const { bytes, stats } = load(file);
  const values = await valuesOf(file, bytes, stats);
  // Where somebody reads it: under cron, a run with a config that served the original stays silent.
  const isTold = process.stderr.isTTY && values.assigned.has('ENCRYPTION_KEY');
  const exposure = isTold ? exposureOf(file, stats) : undefined;
  return exposure === undefined ? values : { ...values, warnings: [...values.warnings, exposure] };
}

async function valuesOf(file: string, bytes: Buffer, stats: Stats): Promise<ConfigValues> {
  const surroundings: BashVariables = {
    file,
    environment: takeEnvironmentFromProcess(),
    directory: process.cwd(),
  };
  const evaluation = evaluate(bytes, surroundings);
  const user = process.geteuid?.();
  if (evaluation.kind === 'values') {
    const warning = warningAbout(file, stats, placesOf(surroundings), user);
    const { values } = evaluation;
    return warning === undefined ? values : { ...values, warnings: [...values.warnings, warning] };
  }
  if (evaluation.kind === 'problem') {
    const { line, message, hint } = evaluation.problem;
    throw new BackupError(`${file}:${line}: ${message}`, {
      hint: hint ?? `Correct line ${line} of ${file}.`,
    });
  }
  assertTrusted(file, stats, placesOf(surroundings), user, evaluation);
  const { readWithBash } = await import('./bash/bash.js');
  return readWithBash(bytes, surroundings);
}

/** Undefined if one of the folders may not be looked at. */
function placesOf({ file, directory }: BashVariables): PathPart[] | undefined {
  try {
    return partsOfPath(file, directory);
  } catch {
    return undefined;
  }
}

function load(file: string): { bytes: Buffer; stats: Stats } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    return { bytes: readFileSync(descriptor), stats: fstatSync(descriptor) };
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
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

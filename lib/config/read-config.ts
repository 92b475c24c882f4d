import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
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

/** Milliseconds between two attempts to read a pipe. */
const POLL = 20;

interface LoadedConfig extends ConfigFile {
  readonly bytes: Buffer;
  /** The working directory. */
  readonly directory: string;
}

/** Whether a command that reads its config from there gets no answers from there. */
export function isStandardInput(file: string): boolean {
  return descriptorOf(file) === 0;
}

/** The descriptor that a file's name stands for, as that of `/dev/stdin` or `<(gpg -d …)` does. */
function descriptorOf(file: string): number | undefined {
  const [, stdin, number] = /^\/dev\/(?:(stdin)|fd\/(\d+))$/.exec(file) ?? [];
  if (stdin !== undefined) return 0;
  return number === undefined ? undefined : Number(number);
}

/**
 * A descriptor is read, not opened again: a socket can't be, nor what this user may not open, as after `sudo -u USER`.
 */
function load(file: string): LoadedConfig {
  const directory = process.cwd();
  const inherited = descriptorOf(file);
  let opened: number | undefined;
  try {
    opened = inherited === undefined ? openSync(file, 'r') : undefined;
    const descriptor = inherited ?? opened ?? 0;
    const [bytes, stats] = [readToEnd(descriptor), fstatSync(descriptor)];
    const path = visiblePath(file, directory) ?? (inherited === undefined ? undefined : []);
    return { file, bytes, stats, path, user: process.geteuid?.(), directory };
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/** Waits for what is still to come, even where another program has set the pipe not to. */
function readToEnd(descriptor: number): Buffer {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    try {
      const length = readSync(descriptor, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL);
    }
  }
}

function visiblePath(file: string, directory: string): ConfigFile['path'] {
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

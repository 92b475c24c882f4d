import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';
import { BackupError, errnoOf } from '../../cli/errors.js';
import { openMemoryFile } from '../../secrets/memory-file.js';
import { assignedBeforehand, scalarNames } from '../settings.js';
import { shellQuote } from '../shell-quote.js';
import { type BashVariables, type ConfigValues, type Environment, entriesOf, namesUsed } from '../values.js';
import { describeMessages, linesNotFound } from './bash-messages.js';
import { type BashOutcome, type BashReport, parseReport } from './bash-report.js';
import { readerScript, TEXT_PATH, textForBash } from './bash-script.js';
import { type LostSetting, linesOfSettings, lostSettings } from './lost-settings.js';

/** Variables that bash changes for itself; programs get them as we got them. */
const ownVariables = ['_', 'SHLVL', 'PWD', 'OLDPWD'];

/**
 * Has bash source the config, as the original does. Whether bash may is the caller's question, and
 * bash gets the very bytes that the caller judged: the file is not opened a second time.
 * What the config prints goes to our stderr; what bash complains of is told without its text.
 * @throws {BackupError} if bash does not get to the end of it
 */
export function readWithBash(bytes: Buffer, surroundings: BashVariables): ConfigValues {
  const text = bytes.toString('latin1');
  const { file, environment } = surroundings;
  const { run, stderr, output } = runBash(textForBash(text), surroundings);
  if (run.error !== undefined) throw notRun(run.error, file);
  const messages = describeMessages(stderr.toString('utf8'), TEXT_PATH, file);
  const outcome = parseReport(output);
  if (outcome.kind !== 'report') throw failure(run, outcome, messages, file);
  const { report } = outcome;
  const assigned = new Set([...report.newNames, ...changedSettings(environment, report)]);
  const lost = lostSettings(
    text,
    assigned,
    (name) => report.settings.get(name),
    linesNotFound(messages, file),
  );
  if (lost.length > 0) throw lostError(lost, file);
  return {
    values: report.settings,
    exclude: report.exclude,
    lines: linesOfSettings(text),
    assigned,
    used: namesUsed(text),
    environment: mergedEnvironment(environment, report.exported),
    directory: report.directory,
    warnings: messages,
  };
}

/**
 * Waits for bash alone: a program that the file leaves running in the background would keep pipes open.
 * All three files may hold the key.
 * @throws {BackupError} if there is no file system in memory
 */
function runBash(source: Buffer, { file, environment, directory }: BashVariables) {
  const args = ['--norc', '--noprofile', '-c', readerScript(), 'encrypted-s3-sync', file];
  const opened: number[] = [];
  const open = (prepare?: (descriptor: number) => void): number => {
    const descriptor = openMemoryFile(prepare);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const stderr = open();
    const output = open();
    const config = open((descriptor) => writeAll(descriptor, source));
    const run = spawnSync('bash', args, {
      // Where bash would be anyhow, it need not have the right to go.
      ...(directory !== process.cwd() && { cwd: directory }),
      env: { ...environment },
      stdio: ['ignore', 2, stderr, output, config],
    });
    return { run, stderr: contentOf(stderr), output: contentOf(output) };
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

/** All of a file, wherever its writers have left the offset. */
function contentOf(descriptor: number): Buffer {
  const content = Buffer.alloc(fstatSync(descriptor).size);
  return content.subarray(0, readSync(descriptor, content, 0, content.length, 0));
}

function notRun(error: Error, file: string): BackupError {
  const missing = errnoOf(error) === 'ENOENT';
  return new BackupError(`${file}: bash, which has to read this file, could not be run.`, {
    hint: missing
      ? 'Install bash, or see that PATH names its directory.'
      : `The system says: ${error.message}`,
    cause: error,
  });
}

function failure(
  run: SpawnSyncReturns<Buffer>,
  outcome: BashOutcome,
  messages: string[],
  file: string,
): BackupError {
  if (outcome.kind === 'not-utf8') {
    const hint = 'Save the file as UTF-8, and see what `env` prints.';
    return new BackupError(`${file}: A value or an exported variable is not UTF-8.`, { hint });
  }
  const hint = `See bash's own words (they may hold the key): bash -uc 'source "$1"' - ${shellQuote(file)}`;
  if (messages.length > 0) return new BackupError(messages.join('\n'), { hint });
  if (outcome.kind === 'failed') {
    const what = `The last command in the file failed (exit code ${outcome.exitCode}).`;
    return new BackupError(`${file}: ${what}`, { hint });
  }
  const how = run.signal === null ? `exit code ${run.status}` : run.signal;
  return new BackupError(`${file}: The file ended bash (${how}) before it was read to its end.`, {
    hint: `Remove an \`exit\` or \`exec\` from it. ${hint}`,
  });
}

function lostError(lost: readonly LostSetting[], file: string): BackupError {
  const lines = lost.map(
    ({ name, line }) => `${file}:${line}: Bash does not take this line for a value of ${name}.`,
  );
  return new BackupError(lines.join('\n'), {
    hint: `On line ${lost[0]?.line}, put the value in quotes, and see that the quote is closed: NAME='value'.`,
  });
}

/** Settings that are in the environment already are no new names: a new value shows that they are assigned. */
function changedSettings(environment: Environment, { settings }: BashReport): string[] {
  return scalarNames.filter((name) => settings.get(name) !== (assignedBeforehand[name] ?? environment[name]));
}

/** What bash exports, and what it only passes on: variables whose names are none to it. */
export function mergedEnvironment(
  before: Environment,
  exported: ReadonlyMap<string, string>,
): Record<string, string> {
  const isBashs = (name: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !ownVariables.includes(name);
  const passedOn = entriesOf(before).filter(([name]) => !isBashs(name));
  return Object.fromEntries([...passedOn, ...[...exported].filter(([name]) => isBashs(name))]);
}

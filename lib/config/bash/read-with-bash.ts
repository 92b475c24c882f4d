import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';
import { BackupError, describeError, errnoOf, shellQuote } from '../../cli/errors.js';
import { openMemoryFile } from '../../secrets/memory-file.js';
import { defaults, scalarNames } from '../settings.js';
import { type ConfigValues, entriesOf, type ShellContext } from '../values.js';
import { linesNotFound, parseMessages } from './messages.js';
import { type BashOutcome, type BashReport, parseReport } from './report.js';
import { readerScript, TEXT_PATH, textForBash } from './script.js';
import { findLostSettings, type LostSetting, linesOfSettings, namesUsed } from './settings-in-text.js';

/** Variables that bash changes itself. Programs get them as this process got them. */
const ownVariables = ['_', 'SHLVL', 'PWD', 'OLDPWD'];

/**
 * Lets bash source a config, as the original does. The caller has checked that bash may read it. Bash gets the bytes
 * that were checked, and does not open the file again. Output of the config goes to stderr.
 * @throws {BackupError} if bash does not reach the end of the config; bash's messages are reported without the text
 *   that they quote, which may be the key's
 */
export function readWithBash(bytes: Buffer, shell: ShellContext): ConfigValues {
  const text = bytes.toString('latin1');
  const { file, environment } = shell;
  const { exit, stderr, output } = runBash(textForBash(text), shell);
  const messages = parseMessages(stderr.toString('utf8'), TEXT_PATH);
  const warnings = [...new Set(messages.map(({ line, meaning }) => `${file}:${line}: ${meaning}`))];
  const outcome = parseReport(output);
  if (outcome.kind !== 'report') throw failure(outcome, exit, warnings, file);
  const { directory, newNames, settings, exclude, exported } = outcome.report;
  const assigned = new Set([...newNames, ...changedSettings(environment, settings)]);
  const lost = findLostSettings(text, assigned, (name) => settings.get(name), linesNotFound(messages));
  if (lost.length > 0) throw lostError(lost, file);
  return {
    values: settings,
    exclude,
    lines: linesOfSettings(text),
    assigned,
    namesUsed: namesUsed(text),
    environment: environmentOfAws(environment, exported),
    directory,
    warnings,
  };
}

/**
 * Runs bash and waits for it, but not for programs that the config leaves running, which would keep pipes open. The
 * text, stderr and the report may hold the key, so they are files in memory.
 * @returns `exit` as words, such as `exit code 1`
 * @throws {BackupError} if bash does not start, or there is no file system in memory
 */
function runBash(text: Buffer, { file, environment, directory }: ShellContext) {
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
    const config = open((descriptor) => writeAll(descriptor, text));
    const { error, status, signal } = spawnSync('bash', args, {
      // This user may not be allowed to enter the current directory.
      ...(directory !== process.cwd() && { cwd: directory }),
      env: { ...environment },
      stdio: ['ignore', 2, stderr, output, config],
    });
    if (error !== undefined) throw notStarted(error, file);
    return { exit: signal ?? `exit code ${status}`, stderr: contentOf(stderr), output: contentOf(output) };
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

/** The whole content of a file, wherever its offset is. */
function contentOf(descriptor: number): Buffer {
  const content = Buffer.alloc(fstatSync(descriptor).size);
  return content.subarray(0, readSync(descriptor, content, 0, content.length, 0));
}

function notStarted(error: Error, file: string): BackupError {
  const isMissing = errnoOf(error) === 'ENOENT';
  return new BackupError(
    `${file}: Only bash can read this file, and bash does not start: ${describeError(error)}.`,
    {
      hint: isMissing
        ? 'Install bash, or add its directory to PATH.'
        : 'Check bash and the current directory.',
      cause: error,
    },
  );
}

/** Why there is no report. */
function failure(
  outcome: Exclude<BashOutcome, { readonly kind: 'report' }>,
  exit: string,
  messages: readonly string[],
  file: string,
): BackupError {
  if (outcome.kind === 'not-utf8') {
    const hint = 'Save the file as UTF-8, and check what `env` prints.';
    return new BackupError(`${file}: A value or an exported variable is not UTF-8.`, { hint });
  }
  const hint = `This shows bash's own messages (they may hold the key): bash -uc 'source "$1"' - ${shellQuote(file)}`;
  if (messages.length > 0) return new BackupError(messages, { hint });
  if (outcome.kind === 'failed') {
    const sentence = `The last command of the file fails (exit code ${outcome.exitCode}).`;
    return new BackupError(`${file}: ${sentence}`, { hint });
  }
  return new BackupError(`${file}: The file ends bash (${exit}) before its last line.`, {
    hint: `Remove an \`exit\` or \`exec\` from it. ${hint}`,
  });
}

function lostError(lost: readonly LostSetting[], file: string): BackupError {
  const sentences = lost.map(
    ({ name, line }) => `${file}:${line}: Bash does not read this line as a value of ${name}.`,
  );
  return new BackupError(sentences, {
    hint: `On line ${lost[0]?.line}, put the value in quotes, and close the quote: NAME='value'.`,
  });
}

/** The settings of the environment whose value has changed: bash does not report these as new names. */
function changedSettings(environment: NodeJS.ProcessEnv, settings: BashReport['settings']): string[] {
  return scalarNames.filter((name) => settings.get(name) !== (defaults[name] ?? environment[name]));
}

/** The variables that bash exports, and those that it only passes on, since their names are not valid in bash. */
export function environmentOfAws(
  before: NodeJS.ProcessEnv,
  exported: ReadonlyMap<string, string>,
): Record<string, string> {
  const isBashs = (name: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !ownVariables.includes(name);
  const passedOn = entriesOf(before).filter(([name]) => !isBashs(name));
  return Object.fromEntries([...passedOn, ...[...exported].filter(([name]) => isBashs(name))]);
}

// What the command lines of all commands have in common.
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type OutputOptions, setOutputOptions } from './log/output-options.js';

/** The paragraph on exit codes in a program's help. */
export const EXIT_CODES = `
Exit codes:
  0 done   1 failed   3 done, but some files are missing
  4 refused, to lose nothing   5 wrong key   6 verification mismatch
  75 another run holds the lock   128+N ended by signal N`;

/** The options that every command has. Its help lists them after its own. */
export function outputOptions(): Option[] {
  return [
    new Option('-q, --quiet', 'print only warnings, errors and what was asked for'),
    new Option('-v, --verbose', 'print what goes to syslog, too'),
    new Option('--no-progress', 'show no progress on a terminal'),
    new Option('--color <when>', 'colour messages: auto, always or never; NO_COLOR is respected').choices([
      'auto',
      'always',
      'never',
    ]),
  ];
}

/** Examples of a TIME, for help texts. */
export const TIME_EXAMPLES = '2026-03-28, "2026-03-28 18:00", "2 days ago", monday, 13:11';

/** A program with `--help` and `--version`, which explains errors on stderr and exits with 1. */
export function commandLine(name: string, description: string): Command {
  return asProgram(subcommand(name, description));
}

/** The program that only calls others. */
export function umbrellaLine(name: string, description: string): Command {
  return asProgram(plainCommand(name, description));
}

/** A command of the umbrella `encrypted-s3` without a program of its own. */
export function subcommand(name: string, description: string): Command {
  const options = outputOptions();
  const command = plainCommand(name, description);
  for (const option of options) command.addOption(option.hideHelp());
  const lines = options.map(({ flags, description }) => `  ${flags.padEnd(15)} ${description}`);
  return command
    .addHelpText('after', `\nOutput:\n${lines.join('\n')}`)
    .hook('preAction', (_, command) => setOutputOptions(command.opts<OutputOptions>()));
}

/** For the end of a command's help. @param lines what follows the name of the command, as it was called */
export function examples(...lines: readonly string[]): (context: { readonly command: Command }) => string {
  return ({ command }) =>
    ['\nExamples:', ...lines.map((line) => `  ${calledName(command)} ${line}`.trimEnd())].join('\n');
}

/**
 * The config of a command that takes it as an argument and as an option.
 * Ends the program with a usage error if both name one.
 */
export function namedConfig(
  command: Command,
  argument: string | undefined,
  option: string | undefined,
): string | undefined {
  if (argument !== undefined && option !== undefined)
    command.error(`error: two configs are named, '${option}' and '${argument}'`);
  return option ?? argument;
}

function plainCommand(name: string, description: string): Command {
  const command: Command = new Command(name)
    .summary(description)
    .description(sentence(description))
    .helpOption('-h, --help', 'show this help')
    .configureOutput({
      outputError: (error, write) => write(`${whereOptionsBelong(command, error)}${usageOf(command)}`),
    });
  return command;
}

/** `encrypted-s3 --quiet sync` is a mistake that the usage alone does not explain. */
function whereOptionsBelong({ commands }: Command, error: string): string {
  if (commands.length === 0) return error;
  return error.replace(/unknown option '.*'/, "$&; a command's options come after its name");
}

/** `text` with a capital letter, unless it begins with a name, and a full stop. */
export function sentence(text: string): string {
  const upper = text.replace(/^[a-z](?=[a-z]*\b(?!_))/, (letter) => letter.toUpperCase());
  return /[.:]$/.test(upper) ? upper : `${upper}.`;
}

function usageOf(command: Command): string {
  return `Usage: ${command.createHelp().commandUsage(command)}\nTry "${calledName(command)} --help".\n`;
}

function calledName(command: Command): string {
  const { parent } = command;
  return `${parent === null ? '' : `${parent.name()} `}${command.name()}`;
}

function asProgram(command: Command): Command {
  return command.version(version(), '--version', 'show the version').addHelpText('after', EXIT_CODES);
}

function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** For commander: a whole number of seconds, 0 included. */
export function seconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds.');
  return Number(text);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** For commander: `90s`, `30m`, `26h`, `2d`, `1w`; a number alone means seconds. @returns seconds */
export function parseDuration(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})([smhdw])?$/.exec(text.trim()) ?? [];
  if (count === undefined) throw new InvalidArgumentError('Examples: 90s, 30m, 26h, 2d.');
  return Number(count) * (SECONDS[unit] ?? 1);
}

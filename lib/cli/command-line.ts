// What the command lines of all commands have in common.
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';

const EXIT_CODES = `
Exit codes:
  0 done   1 failed   3 done, but some files are missing   4 refused, to lose nothing
  5 wrong key   6 verification mismatch   75 another run holds the lock   128+N ended by signal N`;

/** A parser with `--help` and `--version`, which explains errors on stderr and exits with 1. */
export function commandLine(name: string, description: string): Command {
  return subcommand(name, description)
    .version(version(), '--version', 'show the version')
    .addHelpText('after', EXIT_CODES);
}

/** A command of the umbrella `encrypted-s3` without a program of its own. */
export function subcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError();
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

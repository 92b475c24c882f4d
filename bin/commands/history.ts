// `encrypted-s3 runs`, `ls`, `find` and `diff`: questions about earlier runs.
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { examples, namedConfig, subcommand, TIME_EXAMPLES } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { diff } from '../../lib/commands/diff.js';
import { find } from '../../lib/commands/find.js';
import { ls } from '../../lib/commands/ls.js';
import { runs } from '../../lib/commands/runs.js';

interface Options {
  readonly config?: string;
  readonly json?: true;
  readonly header?: true;
}

export function historyCommands(): Command[] {
  return [runsCommand(), lsCommand(), findCommand(), diffCommand()];
}

function withConfig(name: string, description: string): Command {
  return subcommand(name, description)
    .option('--config <config_file>', 'of the backup; without it, ~/.config/encrypted-s3-backup/config')
    .option('--json', 'print JSON, one object a line')
    .option('--header', 'print the header of the table in a pipe, too');
}

function commonFlags({ config, json, header }: Options) {
  return { configFile: config, isJson: json === true, hasHeader: header === true };
}

const TIME = `such as ${TIME_EXAMPLES}`;

function runsCommand(): Command {
  const command = withConfig('runs', 'show what each of the last runs did');
  return command
    .argument('[config_file]', 'the same as --config')
    .option('--last <count>', 'how many runs', wholeNumber, 30)
    .addHelpText('after', examples('', '--last 7 --json ~/s3-backup.config'))
    .action((file: string | undefined, options: Options & { readonly last: number }) => {
      const configFile = namedConfig(command, file, options.config);
      return main('encrypted-s3-runs', (context) =>
        runs({ ...commonFlags(options), configFile, count: options.last }, context),
      );
    });
}

interface LsOptions extends Options {
  readonly at?: string;
  readonly recursive?: true;
  readonly long?: true;
}

function lsCommand(): Command {
  return withConfig('ls', 'list a folder of the backup')
    .argument('[path]', 'relative to LOCAL_DIR, or as it is on disk; without one, everything')
    .option('--at <time>', `as it was at that time, ${TIME}`)
    .option('-R, --recursive', 'with everything below')
    .option('-l, --long', 'with modes, owners, sizes and times')
    .addHelpText('after', examples('', '--long Documents', '--at monday --recursive ~/Documents'))
    .action((path: string | undefined, { at, recursive, long, ...options }: LsOptions) =>
      main('encrypted-s3-ls', (context) => {
        const flags = { isRecursive: recursive === true, isLong: long === true };
        return ls({ ...commonFlags(options), path: path ?? '', at, ...flags }, context);
      }),
    );
}

interface FindOptions extends Options {
  readonly at?: string;
  readonly all?: true;
}

function findCommand(): Command {
  const command: Command = withConfig(
    'find',
    'find files of the backup by a part of their name, or by a pattern',
  )
    .argument('<pattern>', "a part of the path, or a pattern such as '*.odt' or 'letters/*2025*'")
    .option('--at <time>', `in the backup as it was at that time, ${TIME}`)
    .option('--all', 'in the trees of all runs: each version, when it was seen first and last')
    .addHelpText(
      'after',
      `
Upper and lower case are the same. To restore a file that was found:
  encrypted-s3 restore --at TIME PATH DESTINATION`,
    )
    .addHelpText('after', examples('invoice', '--at yesterday "*.odt"', '--all "letters/*2025*"'))
    .action((pattern: string, { at, all, ...options }: FindOptions) => {
      if (at !== undefined && all === true) command.error('error: --at and --all can not be used together');
      return main('encrypted-s3-find', (context) =>
        find({ ...commonFlags(options), pattern, at, isOfAllRuns: all === true }, context),
      );
    });
  return command;
}

interface DiffOptions extends Options {
  readonly stat?: true;
}

function diffCommand(): Command {
  return withConfig('diff', 'show what changed in the backup between two times')
    .addArgument(new Argument('<time>', `the earlier time, ${TIME}`))
    .argument('[time]', 'the later time; without it, the last run')
    .option('--stat', 'print counts and sizes only')
    .addHelpText(
      'after',
      `
+ added   - removed   M changed   m only the mode, the owner or the ACL changed`,
    )
    .addHelpText('after', examples('yesterday', '--stat monday yesterday'))
    .action((from: string, to: string | undefined, { stat, ...options }: DiffOptions) =>
      main('encrypted-s3-diff', (context) =>
        diff({ ...commonFlags(options), from, to, isStat: stat === true }, context),
      ),
    );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}

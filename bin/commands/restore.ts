// `encrypted-s3 restore`
import { type Command, Option } from 'commander';
import { EXIT_CODES, examples, subcommand, TIME_EXAMPLES } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { restore } from '../../lib/commands/restore.js';
import { AFTER_SIGNAL } from '../../lib/commands/restore-folder.js';

interface Options {
  readonly config?: string;
  readonly escrow?: true;
  readonly at?: string;
  readonly dryRun?: true;
  readonly overwrite?: true;
  readonly keepNewer?: true;
  readonly missingOnly?: true;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly withKept?: true;
  readonly verify?: true;
  readonly keepSetid?: true;
  readonly numericIds?: true;
  readonly trustDestination?: true;
}

export function restoreCommand(): Command {
  const command: Command = subcommand('restore', 'restore a file, a folder or everything, now or as it was');
  return command
    .usage(
      '[options] [path...] <destination>\n       encrypted-s3 restore [options] --escrow <aws_profile> <aws_region> <s3_url> <destination>',
    )
    .argument(
      '[path...]',
      'files and folders, relative to LOCAL_DIR or as they are on disk, none for everything; then the destination: a folder, the name of a file, or - for standard output. The contents of a single folder go directly into the destination; of several paths, each goes below it under its own path',
    )
    .option('--config <config_file>', 'of the backup; without it, ~/.config/encrypted-s3-backup/config')
    .option(
      '--escrow',
      'on a machine without a config: get the encryption key from the bucket by the easy-to-remember key',
    )
    .option('--at <time>', `restore it as it was: ${TIME_EXAMPLES}`)
    .option('--dry-run', 'print what would be created and replaced, and write nothing')
    .option('--overwrite', 'replace files in the destination that differ')
    .addOption(new Option('--keep-newer', 'replace them unless they are newer').conflicts('overwrite'))
    .addOption(new Option('--missing-only', 'replace none').conflicts(['overwrite', 'keepNewer']))
    .option(
      '--include <pattern>',
      "only what matches, such as '*.odt' or 'letters/*'; may be repeated",
      collect,
    )
    .option('--exclude <pattern>', "not what matches, such as 'cache/*'; may be repeated", collect)
    .option('--with-kept', 'restore files, too, that are gone from disk and only kept in the bucket')
    .addOption(
      new Option('--verify', 'read what was restored, and compare it with the bucket').conflicts('dryRun'),
    )
    .option('--keep-setid', 'restore setuid and setgid, too (as root)')
    .option('--numeric-ids', 'give owners by number, not by name (as root)')
    .option('--trust-destination', 'restore as root to a place that other users could redirect')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        "--at yesterday 'Documents/Frau Müller.txt' /tmp",
        '--at monday --keep-newer Documents ~/Documents',
        '--dry-run --missing-only ~/Documents',
        'notes.txt -',
        '--escrow default eu-central-1 s3://my-backup-s3 /srv/restored',
      ),
    )
    .action((words: string[], options: Options) => {
      if (words.length === 0) command.error("error: missing required argument 'destination'");
      return main(
        'encrypted-s3-restore',
        (context) =>
          restore(
            {
              words,
              configFile: options.config,
              usesEscrow: options.escrow === true,
              at: options.at,
              overwrites: options.overwrite === true,
              keeps: options.missingOnly ? 'all' : options.keepNewer ? 'newer' : 'none',
              isDry: options.dryRun === true,
              include: options.include ?? [],
              exclude: options.exclude ?? [],
              withKept: options.withKept === true,
              verifies: options.verify === true,
              keepsSetid: options.keepSetid === true,
              usesNumericIds: options.numericIds === true,
              trustsDestination: options.trustDestination === true,
            },
            context,
          ),
        { afterSignal: AFTER_SIGNAL },
      );
    });
}

function collect(pattern: string, before: readonly string[] = []): readonly string[] {
  return [...before, pattern];
}

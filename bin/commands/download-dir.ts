// `encrypted-s3-download-dir`, and `encrypted-s3 download-dir`
import type { Command } from 'commander';
import { commandLine, examples, TIME_EXAMPLES } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { downloadDir } from '../../lib/commands/download-dir.js';
import { AFTER_SIGNAL } from '../../lib/commands/restore-folder.js';

interface Options {
  readonly config?: string;
  readonly escrow?: true;
  readonly at?: string;
  readonly overwrite?: true;
  readonly withKept?: true;
  readonly keepSetid?: true;
  readonly numericIds?: true;
  readonly trustDestination?: true;
}

export function downloadDirCommand(): Command {
  return commandLine(
    'encrypted-s3-download-dir',
    'Restore a folder, or all of a backup, with its metadata. With a config, "encrypted-s3 restore" does more.',
  )
    .usage(
      '[options] <aws_profile> <aws_region> <s3_url> <destination>\n       encrypted-s3-download-dir [options] [--config <config_file>] [folder] <destination>',
    )
    .argument('<destination...>', 'a new or empty folder; before it, the arguments of the usage above')
    .option(
      '--config <config_file>',
      'has the encryption key and, with one or two arguments, everything else; without it, those take ~/.config/encrypted-s3-backup/config',
    )
    .option('--escrow', 'ask for the easy-to-remember key, and get the encryption key from the bucket')
    .option('--at <time>', `as it was at that time: ${TIME_EXAMPLES}`)
    .option('--overwrite', 'replace files in the destination that differ')
    .option('--with-kept', 'restore files, too, that are gone from disk and only kept in the bucket')
    .option('--keep-setid', 'restore setuid and setgid, too (as root)')
    .option('--numeric-ids', 'give owners by number, not by name (as root)')
    .option('--trust-destination', 'as root, restore to a folder that other users could redirect')
    .addHelpText(
      'after',
      examples(
        'default eu-central-1 s3://my-backup-s3/home/user /srv/restored',
        '--config ~/s3-backup.config --at yesterday documents/letters /tmp/letters',
      ),
    )
    .action(
      (
        words: string[],
        { config, escrow, at, overwrite, withKept, keepSetid, numericIds, trustDestination }: Options,
      ) =>
        main(
          'encrypted-s3-download-dir',
          (context) =>
            downloadDir(
              {
                words,
                configFile: config,
                usesEscrow: escrow === true,
                at,
                overwrites: overwrite === true,
                keeps: 'none',
                verifies: false,
                isDry: false,
                withKept: withKept === true,
                keepsSetid: keepSetid === true,
                usesNumericIds: numericIds === true,
                trustsDestination: trustDestination === true,
              },
              context,
            ),
          { afterSignal: AFTER_SIGNAL },
        ),
    );
}

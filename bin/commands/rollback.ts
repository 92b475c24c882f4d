// `encrypted-s3 rollback`
import type { Command } from 'commander';
import { EXIT_CODES, examples, subcommand, TIME_EXAMPLES } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { rollback } from '../../lib/commands/rollback.js';

interface Options {
  readonly config?: string;
  readonly at: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly profile?: string;
  readonly list?: string;
}

export function rollbackCommand(): Command {
  return subcommand('rollback', 'make older versions current in the bucket by removing newer ones')
    .usage(
      '[options] --at <time> [config_file] [path...]\n       encrypted-s3 rollback [options] --at <time> --config <config_file> [path...]',
    )
    .argument(
      '[words...]',
      'the config, if --config does not name it, then files and folders, relative to LOCAL_DIR or as they are on disk; none for everything. Without any, the config is ~/.config/encrypted-s3-backup/config',
    )
    .option('--config <config_file>', 'of the backup; all arguments are paths then')
    .requiredOption('--at <time>', `the bucket as it was: ${TIME_EXAMPLES}`)
    .option('--dry-run', 'show what would be removed, and change nothing')
    .option('--yes', 'do not ask')
    .option('--profile <profile>', 'use this profile of the AWS CLI, not that of the config')
    .option('--list <file>', 'write the list of what is removed to this new file, not to the state folder')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      `
Use it if the bucket holds many unwanted versions, after ransomware for
example: then one restore in bulk follows. It needs the permission
s3:DeleteObjectVersion, which the user of the backup should not have. A file
whose version of that time has expired is left as it is.`,
    )
    .addHelpText(
      'after',
      examples(
        '--at yesterday --profile admin --dry-run',
        '--at "2026-03-28 18:00" --profile admin ~/s3-backup.config documents',
      ),
    )
    .action((words: string[], { config, at, dryRun, yes, profile, list }: Options) =>
      main('encrypted-s3-rollback', (context) => {
        const [file, ...paths] = config === undefined ? words : [config, ...words];
        const request = { paths, at, isDry: dryRun === true, isConfirmed: yes === true, profile, list };
        return rollback(file, request, context);
      }),
    );
}

// `encrypted-s3-undelete`, and `encrypted-s3 undelete`
import { type Command, Option } from 'commander';
import { commandLine, examples, TIME_EXAMPLES } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { undelete } from '../../lib/commands/undelete.js';

interface Options {
  readonly config?: string;
  readonly since?: string;
  /** The former name of --since. */
  readonly at?: string;
  readonly dryRun?: true;
  readonly profile?: string;
}

export function undeleteCommand(): Command {
  return commandLine('encrypted-s3-undelete', 'Undelete files in the bucket.')
    .usage(
      '[options] [config_file] [path...]\n       encrypted-s3-undelete [options] --config <config_file> [path...]',
    )
    .argument(
      '[words...]',
      'the config, if --config does not name it, then files and folders, relative to LOCAL_DIR or as they are on disk; none for everything. Without any, the config is ~/.config/encrypted-s3-backup/config',
    )
    .option('--config <config_file>', 'of the backup; all arguments are paths then')
    .option('--since <time>', `only what was deleted after that; after the end of a day: ${TIME_EXAMPLES}`)
    .addOption(new Option('--at <time>').hideHelp())
    .option('--dry-run', 'show what would be undeleted, and change nothing')
    .option('--profile <profile>', 'use this profile of the AWS CLI, not that of the config')
    .addHelpText(
      'after',
      `
It needs the permission s3:DeleteObjectVersion, which the user of the backup
should not have. Nothing is downloaded: the next run of encrypted-s3-sync
deletes again what is not in LOCAL_DIR.`,
    )
    .addHelpText(
      'after',
      examples(
        '--dry-run --since yesterday',
        '--profile admin --since "1 hour ago" ~/s3-backup.config documents/letters',
      ),
    )
    .action((words: string[], { config, since, at = since, dryRun, profile }: Options) =>
      main('encrypted-s3-undelete', (context) => {
        const [file, ...paths] = config === undefined ? words : [config, ...words];
        return undelete(file, { paths, at, isDry: dryRun === true, profile }, context);
      }),
    );
}

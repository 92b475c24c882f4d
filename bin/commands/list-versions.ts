// `encrypted-s3-list-versions`, and `encrypted-s3 list-versions`
import type { Command } from 'commander';
import { commandLine, examples } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { printVersions } from '../../lib/commands/list-versions.js';

interface Options {
  readonly config?: string;
  readonly json?: true;
  readonly header?: true;
}

export function listVersionsCommand(): Command {
  const command = commandLine(
    'encrypted-s3-list-versions',
    'List the versions and deletions of a file, or below a prefix.',
  );
  return command
    .usage(
      '[options] <aws_profile> <aws_region> <s3_url>\n       encrypted-s3-list-versions [options] [--config <config_file>] [path]',
    )
    .argument(
      '[words...]',
      's3_url is s3://BUCKET/FILE_OR_FOLDER, or s3://BUCKET for everything; path is relative to LOCAL_DIR, or as it is on disk',
    )
    .option(
      '--config <config_file>',
      'of the backup; without it, a path takes ~/.config/encrypted-s3-backup/config',
    )
    .option('--json', 'print JSON, one object a line, with the exact keys')
    .option('--header', 'print the header of the table in a pipe, too')
    .addHelpText(
      'after',
      `
A line is a version, the newest of each file first: date, version id, size in
bytes, state, key. States:
  current   what is in the bucket now
  deleted   here it was deleted
  -         an older version

In a pipe, the columns are separated by tabs, and dates are in UTC. Control
characters in a key are spelled out, so that each version is one line: a newline
as \\n, a tab as \\x09. --json has keys exactly, and null as the size of a
deletion.`,
    )
    .addHelpText(
      'after',
      examples('default eu-central-1 s3://my-backup-s3/home/user/file1', '--config ~/s3-backup.config file1'),
    )
    .action((words: string[], { config, json, header }: Options) => {
      const isOfConfig = config !== undefined || words.length < 3;
      if (isOfConfig ? words.length > 1 || words[0]?.startsWith('s3://') : words.length > 3)
        command.error('error: a profile, a region and an s3:// URL are needed, or at most one path');
      return main('encrypted-s3-list-versions', (context) =>
        printVersions(
          { words, configFile: config, isJson: json === true, hasHeader: header === true },
          context,
        ),
      );
    });
}

// `encrypted-s3-download-file`, and `encrypted-s3 download-file`
import type { Command } from 'commander';
import { commandLine, examples, TIME_EXAMPLES } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { downloadFile } from '../../lib/commands/download-file.js';

interface Options {
  readonly config?: string;
  readonly versionId?: string;
  readonly at?: string;
  readonly trustDestination?: true;
}

export function downloadFileCommand(): Command {
  const command = commandLine(
    'encrypted-s3-download-file',
    'Download a file and decrypt it using the backup key. With a config, "encrypted-s3 restore" does more.',
  );
  return command
    .usage(
      '[options] <aws_profile> <aws_region> <s3_url> <destination>\n       encrypted-s3-download-file [options] [--config <config_file>] <path> <destination>',
    )
    .argument(
      '<words...>',
      's3_url is s3://AWS_BUCKET/FILE_LOCATION; path is relative to LOCAL_DIR, or as it is on disk; destination is a file, a folder, or - for standard output',
    )
    .option(
      '--config <config_file>',
      'has the encryption key, which is asked for otherwise; with a path, ~/.config/encrypted-s3-backup/config is taken if none is named',
    )
    .option('--version-id <id>', 'an older version, as encrypted-s3-list-versions shows it')
    .option('--at <time>', `the file as it was: ${TIME_EXAMPLES}`)
    .option('--trust-destination', 'as root, write to a place that other users could redirect')
    .addHelpText(
      'after',
      examples(
        'default eu-central-1 s3://my-backup-s3/home/user/file1 /tmp/test123',
        '--config ~/s3-backup.config --at yesterday file1 -',
      ),
    )
    .action((words: string[], { config, versionId, at, trustDestination }: Options) => {
      if (words.length !== 2 && words.length !== 4)
        command.error('error: a profile, a region, an s3:// URL and a destination are needed');
      const request = {
        words,
        configFile: config,
        versionId,
        at,
        trustsDestination: trustDestination === true,
      };
      return main('encrypted-s3-download-file', (context) => downloadFile(request, context));
    });
}

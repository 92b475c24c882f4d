// `encrypted-s3-download-file`, and `encrypted-s3 download-file`
import type { Command } from 'commander';
import { commandLine } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { downloadFile } from '../../lib/commands/download-file.js';

interface Options {
  readonly config?: string;
  readonly versionId?: string;
  readonly at?: string;
  readonly trustDestination?: true;
}

export function downloadFileCommand(): Command {
  return commandLine('encrypted-s3-download-file', 'Download a file and decrypt it using the backup key.')
    .argument('<aws_profile>')
    .argument('<aws_region>')
    .argument('<s3_url>', 's3://AWS_BUCKET/FILE_LOCATION')
    .argument('<destination>', 'a file, a folder, or - for standard output')
    .option('--config <config_file>', 'has the encryption key; without it, you are asked')
    .option('--version-id <id>', 'an older version, as encrypted-s3-list-versions shows it')
    .option(
      '--at <time>',
      'the file as it was: 2026-03-28, "2026-03-28 18:00", "2 days ago", "yesterday 18:00"',
    )
    .option('--trust-destination', 'as root, write to a place that other users could redirect')
    .addHelpText(
      'after',
      '\nExample: encrypted-s3-download-file default eu-central-1 s3://my-backup-s3/home/user/file1 /tmp/test123',
    )
    .action(
      (
        profile: string,
        region: string,
        url: string,
        destination: string,
        { config, versionId, at, trustDestination }: Options,
      ) =>
        main('encrypted-s3-download-file', false, (context) =>
          downloadFile(
            {
              profile,
              region,
              url,
              destination,
              config,
              versionId,
              at,
              trustsDestination: trustDestination === true,
            },
            context,
          ),
        ),
    );
}

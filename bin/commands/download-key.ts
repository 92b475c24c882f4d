// `encrypted-s3-download-key`, and `encrypted-s3 download-key`
import type { Command } from 'commander';
import { commandLine } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { downloadKey } from '../../lib/commands/download-key.js';

export function downloadKeyCommand(): Command {
  return commandLine('encrypted-s3-download-key', 'Retrieve the original backup key.')
    .argument('<aws_profile>')
    .argument('<aws_region>')
    .argument('<aws_bucket>')
    .addHelpText('after', '\nExample: encrypted-s3-download-key default eu-central-1 my-backup-s3')
    .action((profile: string, region: string, bucket: string) =>
      main('encrypted-s3-download-key', false, (context) =>
        downloadKey({ profile, region, bucket }, context),
      ),
    );
}

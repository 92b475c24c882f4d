// `encrypted-s3-download-key`, and `encrypted-s3 download-key`
import type { Command } from 'commander';
import { commandLine, examples } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { downloadKey } from '../../lib/commands/download-key.js';

export function downloadKeyCommand(): Command {
  const command = commandLine('encrypted-s3-download-key', 'Retrieve the original backup key.');
  return command
    .usage(
      '[options] <aws_profile> <aws_region> <aws_bucket>\n       encrypted-s3-download-key [options] [--config <config_file>]',
    )
    .argument('[words...]', 'the bucket; without them, it is that of the config')
    .option(
      '--config <config_file>',
      'of the backup, which need not have the key; without it, ~/.config/encrypted-s3-backup/config',
    )
    .addHelpText('after', examples('default eu-central-1 my-backup-s3'))
    .action((words: string[], { config }: { readonly config?: string }) => {
      if (words.length !== 0 && words.length !== 3)
        command.error('error: a profile, a region and a bucket are needed, or a config');
      return main('encrypted-s3-download-key', (context) =>
        downloadKey({ words, configFile: config }, context),
      );
    });
}

// `encrypted-s3-upload-key`, and `encrypted-s3 upload-key`
import type { Command } from 'commander';
import { commandLine, examples, namedConfig } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { uploadKey } from '../../lib/commands/upload-key.js';

export function uploadKeyCommand(): Command {
  const command = commandLine(
    'encrypted-s3-upload-key',
    'Store the backup key in the bucket, protected by a key that you can remember.',
  );
  return command
    .argument('[config_file]', 'with it, the command asks only for missing settings')
    .option('--config <config_file>', 'the same')
    .addHelpText('after', examples('', '~/s3-backup.config'))
    .action((file: string | undefined, options: { readonly config?: string }) => {
      const configFile = namedConfig(command, file, options.config);
      return main('encrypted-s3-upload-key', (context) => uploadKey(configFile, context));
    });
}

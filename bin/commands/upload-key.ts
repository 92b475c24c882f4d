// `encrypted-s3-upload-key`, and `encrypted-s3 upload-key`
import type { Command } from 'commander';
import { commandLine } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { uploadKey } from '../../lib/commands/upload-key.js';

export function uploadKeyCommand(): Command {
  return commandLine(
    'encrypted-s3-upload-key',
    'Store the backup key in the bucket, protected by a key that you can remember.',
  )
    .argument('[config_file]', 'its settings are not asked for')
    .action((configFile: string | undefined) =>
      main('encrypted-s3-upload-key', false, (context) => uploadKey(configFile, context)),
    );
}

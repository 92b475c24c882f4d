#!/usr/bin/env node
// `encrypted-s3 sync …` is `encrypted-s3-sync …`, in the same process.
import { commandLine } from '../lib/terminal/command-line.js';

const COMMANDS = {
  sync: 'run a backup',
  'upload-key': 'store the backup key in the bucket',
  'download-key': 'get the backup key from the bucket',
  'download-file': 'restore a file',
  'download-dir': 'restore a folder, or everything, now or as it was',
  'list-versions': 'list the versions and deletions of files',
  undelete: 'bring deleted files back in the bucket',
};

const program = commandLine('encrypted-s3', 'Encrypted backup of a directory to Amazon S3.')
  .enablePositionalOptions()
  .helpCommand(false);
for (const [name, description] of Object.entries(COMMANDS)) {
  program
    .command(name)
    .description(description)
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (rest: string[]) => {
      process.argv = [process.execPath, `encrypted-s3-${name}`, ...rest];
      await import(`./encrypted-s3-${name}.js`);
    });
}
await program.parseAsync();

#!/usr/bin/env node
// `encrypted-s3 sync …` is `encrypted-s3-sync …`, in the same process.
import { Argument } from 'commander';
import { commandLine } from '../lib/cli/command-line.js';

const COMMANDS = {
  sync: 'run a backup',
  'upload-key': 'store the backup key in the bucket',
  'download-key': 'get the backup key from the bucket',
  'download-file': 'restore a file',
  'download-dir': 'restore a folder, or everything, now or as it was',
  'list-versions': 'list the versions and deletions of files',
  undelete: 'bring deleted files back in the bucket',
};

async function run(name: string, args: readonly string[]): Promise<void> {
  process.argv = [process.execPath, `encrypted-s3-${name}`, ...args];
  await import(`./encrypted-s3-${name}.js`);
}

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
    .action((rest: string[]) => run(name, rest));
}
program
  .command('help')
  .description("show a command's help")
  .addArgument(new Argument('[command]').choices(Object.keys(COMMANDS)))
  .action((name?: string) => (name === undefined ? program.help() : run(name, ['--help'])));
await program.parseAsync();

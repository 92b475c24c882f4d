#!/usr/bin/env node
// `encrypted-s3 sync …` is `encrypted-s3-sync …`, in the same process; other commands have no program of their own.
import { Argument } from 'commander';
import { commandLine } from '../lib/cli/command-line.js';
import { historyCommands } from './commands/history.js';
import { statusCommand } from './commands/status.js';

/** The commands with a program of their own. */
const PROGRAMS = {
  sync: 'run a backup',
  'upload-key': 'store the backup key in the bucket',
  'download-key': 'get the backup key from the bucket',
  'download-file': 'restore a file',
  'download-dir': 'restore a folder, or everything, now or as it was',
  'list-versions': 'list the versions and deletions of files',
  undelete: 'bring deleted files back in the bucket',
};
const COMMANDS = [statusCommand(), ...historyCommands()];

async function runProgram(name: string, args: readonly string[]): Promise<void> {
  process.argv = [process.execPath, `encrypted-s3-${name}`, ...args];
  await import(`./encrypted-s3-${name}.js`);
}

const umbrella = commandLine('encrypted-s3', 'Encrypted backup of a directory to Amazon S3.')
  .enablePositionalOptions()
  .helpCommand(false);
for (const [name, description] of Object.entries(PROGRAMS)) {
  umbrella
    .command(name)
    .description(description)
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action((rest: string[]) => runProgram(name, rest));
}
for (const command of COMMANDS) umbrella.addCommand(command);
umbrella
  .command('help')
  .description("show a command's help")
  .addArgument(
    new Argument('[command]').choices([
      ...Object.keys(PROGRAMS),
      ...COMMANDS.map((command) => command.name()),
    ]),
  )
  .action(async (name?: string) => {
    const command = COMMANDS.find((it) => it.name() === name);
    if (name === undefined || command !== undefined) (command ?? umbrella).help();
    else await runProgram(name, ['--help']);
  });
await umbrella.parseAsync();

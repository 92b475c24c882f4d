// `encrypted-s3 sync …` is `encrypted-s3-sync …`; other commands have no program of their own.
import { Argument, type Command } from 'commander';
import { umbrellaLine } from '../../lib/cli/command-line.js';
import { completeCommand } from './complete.js';
import { doctorCommand } from './doctor.js';
import { downloadDirCommand } from './download-dir.js';
import { downloadFileCommand } from './download-file.js';
import { downloadKeyCommand } from './download-key.js';
import { historyCommands } from './history.js';
import { initCommand } from './init.js';
import { listVersionsCommand } from './list-versions.js';
import { restoreCommand } from './restore.js';
import { rollbackCommand } from './rollback.js';
import { scheduleCommand } from './schedule.js';
import { statusCommand } from './status.js';
import { syncCommand } from './sync.js';
import { undeleteCommand } from './undelete.js';
import { uploadKeyCommand } from './upload-key.js';

export function umbrella(): Command {
  const umbrella = umbrellaLine('encrypted-s3', 'Encrypted backup of a directory to Amazon S3.')
    .usage('<command> [options]')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .helpCommand(false);
  const commands = [
    initCommand(),
    syncCommand().name('sync').summary('run a backup'),
    restoreCommand(),
    scheduleCommand(),
    statusCommand(),
    doctorCommand(),
    ...historyCommands(),
    uploadKeyCommand().name('upload-key').summary('store the encryption key in the bucket'),
    downloadKeyCommand().name('download-key').summary('get the encryption key from the bucket'),
    downloadFileCommand().name('download-file').summary('restore a file'),
    downloadDirCommand().name('download-dir').summary('restore a folder, or everything, now or as it was'),
    listVersionsCommand().name('list-versions').summary('list the versions and deletions of files'),
    undeleteCommand().name('undelete').summary('undelete files in the bucket'),
    rollbackCommand(),
  ];
  for (const command of commands) {
    const name = command.name();
    // Commands with their own program have its name in a second line.
    command.usage(command.usage().replaceAll(`encrypted-s3-${name} `, `encrypted-s3 ${name} `));
    umbrella.addCommand(command);
  }
  umbrella
    .command('help')
    .summary("show a command's help")
    .description("Show a command's help.")
    .addArgument(new Argument('[command]').choices(commands.map((command) => command.name())))
    .action((name?: string) => (commands.find((command) => command.name() === name) ?? umbrella).help());
  umbrella.addHelpText(
    'after',
    `
Examples:
  encrypted-s3 init
  encrypted-s3 status
  encrypted-s3 restore --at yesterday notes.txt /tmp
  encrypted-s3 restore --help`,
  );
  umbrella.addCommand(completeCommand(umbrella), { hidden: true });
  return umbrella;
}

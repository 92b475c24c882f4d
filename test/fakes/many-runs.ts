// Runs many commands in one process, which saves the start of Node.js: it receives each `RunRequest` as a message, and
// after each run prints a line with `END_OF_RUN` and the exit code to stdout and stderr.
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { downloadDirCommand } from '../../bin/commands/download-dir.js';
import { downloadFileCommand } from '../../bin/commands/download-file.js';
import { downloadKeyCommand } from '../../bin/commands/download-key.js';
import { listVersionsCommand } from '../../bin/commands/list-versions.js';
import { syncCommand } from '../../bin/commands/sync.js';
import { umbrella } from '../../bin/commands/umbrella.js';
import { undeleteCommand } from '../../bin/commands/undelete.js';
import { uploadKeyCommand } from '../../bin/commands/upload-key.js';
import { binOf } from './bins.js';
import { END_OF_RUN, type RunRequest } from './run-request.js';

const COMMANDS: Readonly<Record<string, () => Command>> = {
  'encrypted-s3': umbrella,
  'encrypted-s3-sync': syncCommand,
  'encrypted-s3-download-dir': downloadDirCommand,
  'encrypted-s3-download-file': downloadFileCommand,
  'encrypted-s3-download-key': downloadKeyCommand,
  'encrypted-s3-list-versions': listVersionsCommand,
  'encrypted-s3-undelete': undeleteCommand,
  'encrypted-s3-upload-key': uploadKeyCommand,
};

// Each run adds listeners, which stay until the process ends.
for (const it of [process, process.stdout, process.stderr]) it.setMaxListeners(0);

async function run({ command, args, cwd, environment, input = '' }: RunRequest): Promise<void> {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.chdir(cwd);
  process.argv = [process.execPath, binOf(command), ...args];
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(input)]), configurable: true });
  process.exitCode = 0;
  const idle = process.getActiveResourcesInfo().length;
  await COMMANDS[command]?.().parseAsync();
  // The command's own process would end only then.
  while (process.getActiveResourcesInfo().length > idle) await sleep(1);
  for (const stream of [process.stdout, process.stderr]) stream.write(`${END_OF_RUN}${process.exitCode}\n`);
}

process.on('message', run);

// Runs many commands in one process, which saves the start of Node.js: it reads each `RunRequest` as a line of JSON, and
// after each run prints a line with `END_OF_RUN` and the exit code to stdout and stderr.
import { createInterface } from 'node:readline';
import { downloadDirCommand } from '../../bin/commands/download-dir.js';
import { syncCommand } from '../../bin/commands/sync.js';
import { umbrella } from '../../bin/commands/umbrella.js';
import { END_OF_RUN, type RunRequest } from './run-request.js';

const COMMANDS = {
  'encrypted-s3': umbrella,
  'encrypted-s3-sync': syncCommand,
  'encrypted-s3-download-dir': downloadDirCommand,
};

// Each run adds listeners, which stay until the process ends.
for (const it of [process, process.stdout, process.stderr]) it.setMaxListeners(0);

async function runAll(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { command, args, cwd, environment } = JSON.parse(line) as RunRequest;
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, environment);
    process.chdir(cwd);
    process.exitCode = 0;
    await COMMANDS[command]().parseAsync(args, { from: 'user' });
    for (const stream of [process.stdout, process.stderr]) stream.write(`${END_OF_RUN}${process.exitCode}\n`);
  }
}

void runAll();

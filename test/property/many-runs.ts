// Runs `encrypted-s3-sync` again and again in one process, which saves the start of Node.js: it reads the arguments of
// each run as a line of JSON, and ends what that says on stderr with a line of `END_OF_RUN` and the exit code.
import { createInterface } from 'node:readline';
import { main } from '../../lib/cli/main.js';
import { sync } from '../../lib/commands/sync.js';
import { END_OF_RUN, type RunRequest } from './run-request.js';

// Each run listens until its process ends.
for (const it of [process, process.stdout, process.stderr]) it.setMaxListeners(0);

async function runAll(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { configFile, isFull } = JSON.parse(line) as RunRequest;
    const flags = {
      waitSeconds: 20,
      allowsMassDelete: true,
      adopts: false,
      usesAnotherKey: false,
      isDry: false,
      isJson: false,
      isFull,
    };
    process.exitCode = 0;
    await main('encrypted-s3-sync', true, (context) => sync(configFile, flags, context));
    process.stderr.write(`${END_OF_RUN}${process.exitCode}\n`);
  }
}

void runAll();

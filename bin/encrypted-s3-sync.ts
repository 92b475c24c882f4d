#!/usr/bin/env node
import { sync } from '../lib/commands/sync.js';
import { main } from '../lib/main.js';

const run = (configFile: string, waitSeconds: number) =>
  main('encrypted-s3-sync', true, (context) => sync(configFile, waitSeconds, context));

const [configFile, ...others] = process.argv.slice(2);
if (configFile !== undefined && !configFile.startsWith('-') && others.length === 0) {
  // What cron runs needs no parser, whose loading would be a good part of a run in which nothing changed.
  await run(configFile, 0);
} else {
  const { commandLine, seconds } = await import('../lib/terminal/command-line.js');
  await commandLine('encrypted-s3-sync', 'Sync a local directory to an encrypted S3 bucket.')
    .argument('<config_file>', 'the backup to run; see config.template')
    .option('--wait <seconds>', 'wait for another run to end, at most so long', seconds, 0)
    .action((file: string, options: { wait: number }) => run(file, options.wait))
    .parseAsync();
}

#!/usr/bin/env node
import type { SyncFlags } from '../lib/commands/sync.js';
import { load } from '../lib/load.js';

const { main } = await load<typeof import('../lib/main.js')>('./main.js');
const { sync } = await load<typeof import('../lib/commands/sync.js')>('./commands/sync.js');

const run = (configFile: string, flags: SyncFlags) =>
  main('encrypted-s3-sync', true, (context) => sync(configFile, flags, context));

const [configFile, ...others] = process.argv.slice(2);
if (configFile !== undefined && !configFile.startsWith('-') && others.length === 0) {
  // What cron runs needs no parser, whose loading would be a good part of a run in which nothing changed.
  await run(configFile, { waitSeconds: 0, allowsMassDelete: false, adopts: false, isDry: false });
} else {
  const { commandLine, seconds } = await import('../lib/terminal/command-line.js');
  await commandLine('encrypted-s3-sync', 'Sync a local directory to an encrypted S3 bucket.')
    .argument('<config_file>', 'the backup to run; see config.template')
    .option('--wait <seconds>', 'wait for another run to end, at most so long', seconds, 0)
    .option('--dry-run', 'print what would be uploaded and deleted, and change nothing')
    .option('--allow-mass-delete', 'go on although many files are gone from LOCAL_DIR, or all')
    .option('--adopt', 'take over a backup whose last run was of another host or LOCAL_DIR')
    .action((file: string, options: { wait: number; dryRun?: true; allowMassDelete?: true; adopt?: true }) =>
      run(file, {
        waitSeconds: options.wait,
        allowsMassDelete: options.allowMassDelete === true,
        adopts: options.adopt === true,
        isDry: options.dryRun === true,
      }),
    )
    .parseAsync();
}

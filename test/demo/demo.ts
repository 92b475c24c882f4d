// `npm start [-- DIR]`: a backup and a restore on a real S3 server, which stops at the end of the demo.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodeOfSignal } from '../../lib/cli/exit-codes.js';
import { linkAwsClis } from '../s3-server/aws-clis.js';
import { missingServerPrograms, type S3Server, startS3Server } from '../s3-server/server.js';
import { writeSampleTree } from './sample-tree.js';
import { Shell, say } from './shell.js';
import { DemoError, sourceAt } from './source.js';
import { tour } from './tour.js';

const BIN = fileURLToPath(new URL('../../bin', import.meta.url));
const COMMANDS = ['encrypted-s3', 'encrypted-s3-sync'];

/** Rejects when a signal asks the demo to end. */
function untilAborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

/** The newest AWS CLI of this machine, in a directory of its own. */
async function awsCli(folder: string): Promise<string> {
  const newest = (await linkAwsClis(folder)).at(-1);
  if (newest !== undefined) return newest.directory;
  throw new DemoError(
    'The demo needs the AWS CLI: apt-get install awscli, or snap install aws-cli --classic',
  );
}

/** Links the built commands, as an installation does. */
function linkCommands(folder: string): string {
  mkdirSync(folder);
  for (const command of COMMANDS) {
    chmodSync(join(BIN, `${command}.js`), 0o755);
    symlinkSync(join(BIN, `${command}.js`), join(folder, command));
  }
  return folder;
}

/** @returns the number of steps */
async function demo(
  directory: string | undefined,
  folder: string,
  interrupted: AbortSignal,
): Promise<number> {
  const missing = missingServerPrograms();
  if (missing.length > 0) {
    throw new DemoError(`Missing for the demo's S3 server: ${missing.join(', ')}. See test/set-up.`);
  }
  if (directory === undefined) writeSampleTree(join(folder, 'documents'));
  const source = { ...sourceAt(directory ?? join(folder, 'documents')), isSample: directory === undefined };
  const programs = [linkCommands(join(folder, 'bin')), await awsCli(folder)];

  say(`Starting an S3 server (Ceph) on this machine, to back up ${source.folder} to...`);
  const aborted = untilAborted(interrupted);
  let server: S3Server | undefined;
  try {
    server = await Promise.race([startS3Server(), aborted]);
    const environment = {
      // The demo must not find the user's AWS account, or write to the user's home.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|XDG)_/.test(name))),
      ...server.environment,
      HOME: folder,
      PATH: [...programs, process.env['PATH']].join(':'),
    };
    const shell = new Shell(folder, environment, interrupted);
    await tour(shell, source, join(folder, '.config/encrypted-s3-backup/config'));
    return shell.steps;
  } finally {
    aborted.catch(() => undefined);
    await server?.stop();
  }
}

async function main(args: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort(signal));
  }
  if (args.length > 1 || args[0]?.startsWith('-')) {
    console.error('Usage: npm start [-- DIR]');
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'demo-'));
  try {
    const steps = await demo(args[0], folder, interruption.signal);
    say(`\nAll ${steps} steps did what they should. The server and its data are gone.`);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) {
      return exitCodeOfSignal(constants.signals[interruption.signal.reason as NodeJS.Signals]);
    }
    if (error instanceof DemoError) console.error(`\nThe demo failed: ${error.message}`);
    else console.error('\nThe demo failed:', error);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// This also ends a server that is still starting, and removes its directory.
process.exit(await main(process.argv.slice(2)));

// Runs the compiled test files: `node dist/test/run-tests.js [--slowest] [PART_OF_A_FILE_NAME]…`.
// The tests in test/s3 share one real S3 server, which is started and stopped here. --slowest lists at the end the
// files that have taken most CPU time.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodeOfSignal } from '../lib/cli/exit-codes.js';
import { bundleBins } from './bundle-bins.js';
import { BUNDLES_VARIABLE } from './fakes/bins.js';
import { type FileTimes, TIMES_VARIABLE } from './note-times.js';
import { linkAwsClis } from './s3-server/aws-clis.js';
import { serverVariable, serverVariableValue } from './s3-server/from-environment.js';
import { loadAwsClis } from './s3-server/loaded-aws.js';
import { missingServerPrograms, type S3Server, startS3Server } from './s3-server/server.js';

const tests = fileURLToPath(new URL('.', import.meta.url));
const sources = join(tests, '../../test');
/** How many files --slowest lists. */
const SLOWEST = 15;

/** The compiled test files that match one of the arguments, relative to `tests`. */
function testFiles(filters: readonly string[]): string[] {
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    // An older build may have left files whose sources are gone.
    .filter((file) => existsSync(join(sources, file.replace(/js$/, 'ts'))))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
  return files.sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
}

/** The longest file comes first, and those that need the server next: they wait often, and others run meanwhile. */
function rankOf(file: string): number {
  if (file.startsWith('property/')) return 0;
  return needsServer(file) ? 1 : 2;
}

/** Whether a file runs commands. */
function needsBundles(file: string): boolean {
  return !file.startsWith('unit/');
}

function needsServer(file: string): boolean {
  return file.startsWith('s3/');
}

/** Starts the server, or returns the reason why it can't start. */
async function serverOrReason(): Promise<S3Server | string> {
  const missing = missingServerPrograms();
  if (missing.length > 0) return `missing: ${missing.join(', ')}; \`bash test/set-up\` installs them`;
  let server: S3Server;
  try {
    server = await startS3Server();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const clis = await linkAwsClis(server.directory);
  if (clis.length > 0) {
    console.log(`Tests with an S3 server use AWS CLI ${clis.map(({ version }) => version).join(' and ')}.`);
    const endClis = await loadAwsClis(server.directory, clis);
    const { stop } = server;
    return {
      ...server,
      stop: async () => {
        endClis();
        await stop();
      },
    };
  }
  await server.stop();
  return 'missing: aws';
}

/**
 * The tests' environment. It has none of the user's AWS settings, so that a test without its own
 * finds no real account. Nor has it certificates for Node, which reads them at each start (50 ms)
 * although no test needs them. `temporary` is removed at the end of the run, with the files that
 * an interrupted test has left.
 */
function testEnvironment(server: S3Server | undefined, temporary: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('AWS_') && name !== 'NODE_EXTRA_CA_CERTS',
  );
  return {
    ...Object.fromEntries(inherited),
    TMPDIR: temporary,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(server === undefined ? {} : { [serverVariable]: serverVariableValue(server) }),
  };
}

/** Runs node's own test runner, which prints the totals, and resolves with the exit code. */
async function runFiles(files: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  // The totals are the last lines of both reporters, but of spec only when nothing failed.
  const reporter = process.stdout.isTTY ? 'spec' : 'tap';
  const notes = environment[TIMES_VARIABLE] === undefined ? [] : [`--import=${join(tests, 'note-times.js')}`];
  const options = ['--test', '--test-concurrency=3', `--test-reporter=${reporter}`, ...notes];
  const child = spawn(process.execPath, [...options, ...files.map((file) => join(tests, file))], {
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
    // A process group of its own, so that a signal can be passed on to all processes of the tests.
    detached: true,
  });
  let endedBy: NodeJS.Signals | undefined;
  function kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-(child.pid ?? Number.NaN), signal);
    } catch {
      // All processes have ended.
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      endedBy = signal;
      kill(signal);
      setTimeout(kill, 2000, 'SIGKILL').unref();
    });
  }
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  kill('SIGKILL');
  if (endedBy !== undefined) return exitCodeOfSignal(constants.signals[endedBy]);
  return code ?? exitCodeOfSignal(constants.signals[signal ?? 'SIGKILL']);
}

/** @param notes the file of note-times.ts */
function printSlowest(notes: string): void {
  const lines = existsSync(notes) ? readFileSync(notes, 'utf8').trimEnd().split('\n') : [];
  const times = lines.map((line) => JSON.parse(line) as FileTimes).sort((a, b) => b.processor - a.processor);
  const all = times.reduce((sum, { processor }) => sum + processor, 0);
  console.log(
    `The slowest of ${times.length} files, which took ${all.toFixed(0)} s of the processor in all:`,
  );
  for (const { file, wall, processor } of times.slice(0, SLOWEST)) {
    const seconds = [processor, wall].map((it) => `${it.toFixed(1)} s`.padStart(8));
    console.log(`${seconds[0]} of the processor in ${seconds[1]}: ${relative(tests, file)}`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const filters = args.filter((it) => it !== '--slowest');
  const showsSlowest = filters.length < args.length;
  let files = testFiles(filters);
  let server: S3Server | undefined;
  if (files.some(needsServer)) {
    const serverOrWhyNot = await serverOrReason();
    if (typeof serverOrWhyNot === 'string') {
      console.error(`The S3 server could not be started (${serverOrWhyNot}).`);
      if (process.env['CI'] === 'true') return 1;
      files = files.filter((file) => !needsServer(file));
      console.error('The tests in test/s3 are left out.');
    } else {
      server = serverOrWhyNot;
    }
  }
  const temporary = mkdtempSync(join(tmpdir(), 'tests-'));
  const notes = join(temporary, 'times');
  const environment = {
    ...testEnvironment(server, temporary),
    ...(showsSlowest ? { [TIMES_VARIABLE]: notes } : {}),
    ...(files.some(needsBundles) ? { [BUNDLES_VARIABLE]: 'true' } : {}),
  };
  try {
    if (files.some(needsBundles)) await bundleBins();
    if (files.length > 0) {
      const exitCode = await runFiles(files, environment);
      if (showsSlowest) printSlowest(notes);
      return exitCode;
    }
    console.error(
      `There is no test file${filters.length > 0 ? ` that matches ${filters.join(' or ')}` : ''}.`,
    );
    return 1;
  } finally {
    await server?.stop();
    rmSync(temporary, { recursive: true, force: true });
  }
}

process.exitCode = await main(process.argv.slice(2));

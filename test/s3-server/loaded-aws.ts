// AWS CLIs that are loaded once and forked for each call (loaded-aws/serve.py), for tests with many calls. Tests of how a
// command starts the AWS CLI, or of what others can see of it, start the AWS CLI itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { type AwsCli, clisIn } from './aws-clis.js';
import { s3ServerOfThisRun } from './from-environment.js';

const SCRIPTS = fileURLToPath(new URL('../../../test/s3-server/loaded-aws', import.meta.url));
const PYTHON = '/usr/bin/python3';

/** The AWS CLIs of `awsClis`, loaded where possible, without root's rights. */
export function loadedAwsClis(): AwsCli[] {
  return clisIn(folderOf(s3ServerOfThisRun().directory), true);
}

/** The same AWS CLI, loaded where possible. */
export function loaded({ version }: AwsCli): AwsCli {
  const found = loadedAwsClis().find((it) => it.version === version);
  if (found === undefined) throw new Error(`AWS CLI ${version} is none of this run`);
  return found;
}

function folderOf(serverDirectory: string): string {
  return join(serverDirectory, 'loaded-aws-clis');
}

/**
 * Loads the AWS CLIs. One that is not a Python script, such as the snap, is started for each call.
 * @returns a function that ends them
 */
export async function loadAwsClis(serverDirectory: string, clis: readonly AwsCli[]): Promise<() => void> {
  const ends = await Promise.all(
    clis.map(async ({ version, directory }) => {
      const folder = join(folderOf(serverDirectory), version);
      mkdirSync(folder, { recursive: true });
      const aws = join(directory, 'aws');
      const end = existsSync(PYTHON) ? await load(pythonOf(aws), folder) : undefined;
      symlinkSync(end === undefined ? aws : join(SCRIPTS, 'call.py'), join(folder, 'aws'));
      return end;
    }),
  );
  return () => {
    for (const end of ends) end?.();
  };
}

/** The Python that runs a script. */
function pythonOf(script: string): string | undefined {
  return /^#!(\S*python\S*)\n/.exec(readFileSync(script, 'latin1').slice(0, 200))?.[1];
}

async function load(python: string | undefined, folder: string): Promise<(() => void) | undefined> {
  if (python === undefined) return undefined;
  const [program = '', ...args] = [...WITHOUT_ROOTS_RIGHTS, python, join(SCRIPTS, 'serve.py')];
  const server = spawn(program, [...args, join(folder, 'socket')], {
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', AWS_CONFIG_FILE: '/dev/null' },
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C must reach only the test runner, which ends this process.
    detached: true,
  });
  const isReady = await Promise.race([
    once(server.stdout, 'data').then(() => true),
    once(server, 'close').then(() => false),
  ]);
  return isReady ? () => server.stdin.end() : undefined;
}

// Starts every program except the AWS CLI and the bash that reads the config. None of them gets the encryption key.
import { spawn, spawnSync } from 'node:child_process';
import { withoutKey } from '../secrets/environment.js';

type Starter = (
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv },
) => unknown;

/** `spawn` of node:child_process. The child's variables (`options.env`, or this process's) lack the encryption key. */
export const startProgram = keyless(spawn);

/** `spawnSync` of node:child_process, likewise. */
export const runProgram = keyless(spawnSync);

function keyless<F extends Starter>(start: F): F {
  const startKeyless: Starter = (program, args, options) =>
    start(program, args, { ...options, env: withoutKey(options.env) });
  return startKeyless as F;
}

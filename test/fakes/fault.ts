// What goes wrong in one run of a command, as the test has put it into the fake bucket's folder.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface Fault {
  /** Which one of these it happens at: the calls of `aws`, or the objects that are about to be put. */
  readonly at: 'call' | 'put';
  /** Counted from 1, over all calls of the run. */
  readonly number: number;
  readonly what:
    | 'kill aws'
    | 'kill the command'
    | 'kill both'
    /** A call fails as a whole, a put by itself. */
    | 'fail'
    /** Runs `script` right before. */
    | 'script';
  readonly script?: string;
}

/** `undefined` lifts the fault. Begins to count anew. */
export function setFault(folder: string, fault: Fault | undefined): void {
  for (const name of ['fault', 'count-call', 'count-put']) rmSync(join(folder, name), { force: true });
  if (fault !== undefined) writeFileSync(join(folder, 'fault'), JSON.stringify(fault));
}

/** @returns whether the call or put has to fail; may not return at all */
export function meet(folder: string, at: 'call' | 'put'): boolean {
  const file = join(folder, 'fault');
  if (!existsSync(file)) return false;
  const number = count(join(folder, `count-${at}`));
  const fault = JSON.parse(readFileSync(file, 'utf8')) as Fault;
  if (fault.at !== at || fault.number !== number) return false;
  if (fault.what === 'script') execFileSync('sh', ['-c', fault.script ?? ''], { stdio: 'inherit' });
  if (fault.what === 'kill the command' || fault.what === 'kill both') process.kill(process.ppid, 'SIGKILL');
  if (fault.what === 'kill aws' || fault.what === 'kill both') process.kill(process.pid, 'SIGKILL');
  return fault.what === 'fail';
}

/** A byte for each: several processes may count at once. */
function count(file: string): number {
  const descriptor = openSync(file, 'a');
  writeSync(descriptor, '.');
  const { size } = fstatSync(descriptor);
  closeSync(descriptor);
  return size;
}

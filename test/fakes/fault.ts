// What goes wrong in one run of a command, as the test has it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Ended, type FakeCall } from './resident.js';

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

export class Faults {
  #fault: Fault | undefined;
  #counts = { call: 0, put: 0 };

  /** `undefined` lifts the fault. Begins to count anew. */
  set(fault: Fault | undefined): void {
    this.#fault = fault;
    this.#counts = { call: 0, put: 0 };
  }

  /** @returns whether the call or put has to fail; may not return at all */
  async meet(call: FakeCall, at: 'call' | 'put'): Promise<boolean> {
    this.#counts[at] += 1;
    const fault = this.#fault;
    if (fault?.at !== at || fault.number !== this.#counts[at]) return false;
    if (fault.what === 'script') await promisify(execFile)('sh', ['-c', fault.script ?? '']);
    if (fault.what === 'kill the command' || fault.what === 'kill both') process.kill(call.parent, 'SIGKILL');
    if (fault.what === 'kill aws' || fault.what === 'kill both') {
      process.kill(call.pid, 'SIGKILL');
      throw new Ended(undefined);
    }
    return fault.what === 'fail';
  }
}

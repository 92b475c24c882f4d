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
  readonly #refusals = new Map<string, { readonly words: string; times: number }>();
  /** The keys that were about to be put since the last `set` or `refuse`. */
  readonly puts: string[] = [];

  /** Has the put of an object fail with these words of the AWS CLI, so often; lifted by `times` 0. */
  refuse(key: string, words: string, times = Number.POSITIVE_INFINITY): void {
    this.#refusals.set(key, { words, times });
    this.puts.length = 0;
  }

  /** @returns why the put that is about to be made fails; `undefined`: it does not */
  refusal(key: string): string | undefined {
    this.puts.push(key);
    const refusal = this.#refusals.get(key);
    if (refusal === undefined || refusal.times === 0) return undefined;
    refusal.times -= 1;
    return refusal.words;
  }

  /** `undefined` lifts the fault. Begins to count anew. */
  set(fault: Fault | undefined): void {
    this.#fault = fault;
    this.#counts = { call: 0, put: 0 };
    this.puts.length = 0;
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

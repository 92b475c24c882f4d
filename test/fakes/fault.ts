// What goes wrong in one run of a command, as the test has it.
import { Ended, type FakeCall } from './resident.js';

export interface Fault {
  /** Which one of these it happens at: the calls of `aws`, or the objects that are put. */
  readonly at: 'call' | 'put';
  /** Counted from 1, over all calls of the run. */
  readonly number: number;
  /** Whether the work has been done by then; `before`, if it is not given. */
  readonly when?: 'before' | 'after';
  readonly what:
    | 'kill aws'
    | 'kill the command'
    | 'kill both'
    /** A call fails as a whole, a put by itself: with `words`. */
    | 'fail'
    /** The call ends at once, and says nothing. */
    | 'end'
    /** The call or put is told to be done, and is not. */
    | 'lie'
    /** `change` is called. */
    | 'change'
    /** Every call fails with `words`, from this one on. */
    | 'fail from here on';
  readonly words?: string;
  readonly change?: () => void;
}

/** What a call or put has to do, after it has met its fault. */
export type Met = 'fail' | 'lie' | undefined;

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

  /** What a call or put that fails says. */
  get words(): string | undefined {
    return this.#fault?.words;
  }

  /** The number of a call or put that begins. */
  next(at: 'call' | 'put'): number {
    this.#counts[at] += 1;
    return this.#counts[at];
  }

  /** @throws {Ended} if the call ends here */
  meet(call: FakeCall, at: 'call' | 'put', number: number, when: 'before' | 'after'): Met {
    const fault = this.#fault;
    if (fault?.at !== at || (fault.when ?? 'before') !== when) return undefined;
    if (fault.what === 'fail from here on') return number >= fault.number ? 'fail' : undefined;
    if (number !== fault.number) return undefined;
    if (fault.what === 'change') fault.change?.();
    if (fault.what === 'kill the command' || fault.what === 'kill both') process.kill(call.parent, 'SIGKILL');
    if (fault.what === 'kill aws' || fault.what === 'kill both') {
      process.kill(call.pid, 'SIGKILL');
      throw new Ended(undefined);
    }
    if (fault.what === 'end') throw new Ended(1);
    return fault.what === 'fail' || fault.what === 'lie' ? fault.what : undefined;
  }
}

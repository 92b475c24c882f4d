// Faults that a test injects into one run of a command.
import { Ended, type FakeCall } from './call-server.js';

export interface Fault {
  /** What `number` counts: the calls of `aws`, or the objects that are put. */
  readonly at: 'call' | 'put';
  /** From 1, over the whole run. */
  readonly number: number;
  /** Whether the fault strikes before or after the work of the call or put; `before` by default. */
  readonly when?: 'before' | 'after';
  readonly what:
    | 'kill aws'
    | 'kill the command'
    | 'kill both'
    /** The call, or the put alone, fails with `words`. */
    | 'fail'
    /** The call ends at once and prints nothing. */
    | 'end'
    /** The call or put reports success without doing anything. */
    | 'lie'
    /** `change` is called, for instance to change the disk. */
    | 'change'
    /** This and every later call fails with `words`. */
    | 'fail from here on';
  readonly words?: string;
  readonly change?: () => void;
}

/** How a fault that has struck changes the call or put. */
export type FaultEffect = 'fail' | 'lie' | undefined;

export class Faults {
  #fault: Fault | undefined;
  #counts = { call: 0, put: 0 };
  readonly #failingPuts = new Map<string, { readonly words: string; times: number }>();
  /** The keys of all attempts to put an object since the last `set` or `failPut`. */
  readonly puts: string[] = [];

  /** Lets the next `times` puts of an object fail with these words of the AWS CLI; 0 lifts the fault. */
  failPut(key: string, words: string, times = Number.POSITIVE_INFINITY): void {
    this.#failingPuts.set(key, { words, times });
    this.puts.length = 0;
  }

  /** Notes an attempt to put an object. @returns the words with which it fails; `undefined` if it succeeds */
  failureOfPut(key: string): string | undefined {
    this.puts.push(key);
    const failure = this.#failingPuts.get(key);
    if (failure === undefined || failure.times === 0) return undefined;
    failure.times -= 1;
    return failure.words;
  }

  /** Sets the fault, or lifts it with `undefined`, and restarts the counts. */
  set(fault: Fault | undefined): void {
    this.#fault = fault;
    this.#counts = { call: 0, put: 0 };
    this.puts.length = 0;
  }

  /** What a failing call or put prints. */
  get words(): string | undefined {
    return this.#fault?.words;
  }

  /** Counts a call or put. @returns its number */
  next(at: 'call' | 'put'): number {
    this.#counts[at] += 1;
    return this.#counts[at];
  }

  /** Applies the fault if it strikes here. @throws {Ended} if it ends the call */
  apply(call: FakeCall, at: 'call' | 'put', number: number, when: 'before' | 'after'): FaultEffect {
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

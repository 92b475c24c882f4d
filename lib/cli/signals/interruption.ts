// Passes INT, TERM and HUP on to every child and remembers them. The next step throws an InterruptedError, so that
// every `finally` runs.
import { InterruptedError } from '../errors.js';
import { handleSignals } from './signals.js';

export class Interruption {
  readonly #children = new Set<number>();
  readonly #controller = new AbortController();
  #signal: NodeJS.Signals | undefined;

  /** Aborts at the first signal: for work that no child does. */
  get aborted(): AbortSignal {
    return this.#controller.signal;
  }

  /** Handles INT, TERM and HUP of this process from now on. */
  install(): void {
    handleSignals((signal) => this.interrupt(signal));
  }

  /** Passes every signal on to a child. @param pid of the leader of a process group */
  adopt(pid: number): void {
    this.#children.add(pid);
    if (this.#signal !== undefined) sendToGroup(pid, this.#signal);
  }

  release(pid: number): void {
    this.#children.delete(pid);
  }

  /** @throws {InterruptedError} if a signal has arrived. */
  check(): void {
    if (this.#signal !== undefined) throw new InterruptedError(this.#signal);
  }

  /** Handles a signal. */
  interrupt(signal: NodeJS.Signals): void {
    this.#signal ??= signal;
    for (const pid of this.#children) sendToGroup(pid, signal);
    this.#controller.abort();
  }
}

function sendToGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended.
  }
}

// INT, TERM and HUP: passed on to every child, remembered, and turned into an
// InterruptedError at the next step, so that every `finally` on the way out runs.
import { InterruptedError } from './errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Interruption {
  readonly #children = new Set<number>();
  readonly #controller = new AbortController();
  #signal: NodeJS.Signals | undefined;

  /** Aborts when the first signal arrives: for waits that no child ends. */
  get aborted(): AbortSignal {
    return this.#controller.signal;
  }

  /** Takes over INT, TERM and HUP of this process. */
  install(): void {
    for (const signal of SIGNALS) process.on(signal, () => this.#receive(signal));
  }

  /** `pid` leads a process group of its own and gets every signal from now on. */
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

  #receive(signal: NodeJS.Signals): void {
    this.#signal ??= signal;
    for (const pid of this.#children) sendToGroup(pid, signal);
    this.#controller.abort();
  }
}

function sendToGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended by itself.
  }
}

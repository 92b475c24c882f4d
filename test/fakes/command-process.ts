// A process that runs commands one after the other, until a command is killed or exits by itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { programOf } from './bins.js';
import { END_OF_RUN, type RunRequest } from './run-request.js';

const MANY_RUNS = programOf('test/fakes/many-runs.js');
/** Milliseconds after which a run is killed. */
const TOO_LONG = 120_000;

export interface Outcome {
  /** `null` if a signal killed the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Child extends ChildProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
}

export class CommandProcess {
  readonly #through: readonly string[];
  readonly #nodeOptions: string;
  #child: Child | undefined;
  #exited: Promise<unknown> = Promise.resolve();

  /** @param through the program, with its arguments, that starts the process, if any */
  constructor(through: readonly string[], nodeOptions = '') {
    this.#through = through;
    this.#nodeOptions = nodeOptions;
  }

  async run(request: RunRequest): Promise<Outcome> {
    this.#child ??= this.#start();
    const child = this.#child;
    const printed = Promise.all([child.stdout, child.stderr].map(readToEndOfRun));
    const timeout = setTimeout(() => child.kill('SIGKILL'), TOO_LONG);
    child.send(request, () => undefined); // The error of a process that was killed.
    const [stdout, stderr] = (await printed) as [Printed, Printed];
    clearTimeout(timeout);
    // A process that has handled a signal ends.
    if (stderr.exitCode === undefined || stderr.exitCode > 128) await this.end();
    return {
      code: stderr.exitCode ?? child.exitCode,
      signal: child.signalCode,
      stdout: stdout.text,
      stderr: stderr.text,
    };
  }

  async end(): Promise<void> {
    if (this.#child?.connected) this.#child.disconnect();
    this.#child = undefined;
    await this.#exited;
  }

  #start(): Child {
    const [program = '', ...args] = [...this.#through, process.execPath, MANY_RUNS];
    const child = spawn(program, args, {
      env: { PATH: process.env['PATH'], NODE_OPTIONS: this.#nodeOptions },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#exited = once(child, 'exit');
    return child as Child;
  }
}

interface Printed {
  readonly text: string;
  /** Absent if the process ended with the run. */
  readonly exitCode?: number;
}

function readToEndOfRun(stream: Readable): Promise<Printed> {
  stream.setEncoding('utf8');
  let text = '';
  return new Promise((resolve) => {
    const finish = (printed: Printed) => {
      stream.off('data', read).off('close', close);
      resolve(printed);
    };
    const close = () => finish({ text });
    const read = (chunk: string) => {
      text += chunk;
      const at = text.lastIndexOf(END_OF_RUN);
      if (at === -1 || !text.endsWith('\n')) return;
      finish({ text: text.slice(0, at), exitCode: Number(text.slice(at + END_OF_RUN.length)) });
    };
    stream.on('data', read).on('close', close);
  });
}

// A process that runs commands one after the other, until a command is killed.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { programOf } from './bins.js';
import { END_OF_RUN, type RunRequest } from './run-request.js';
import { WITHOUT_ROOTS_RIGHTS } from './without-roots-rights.js';

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

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export class CommandProcess {
  readonly #nodeOptions: string;
  #child: Child | undefined;
  #closed: Promise<unknown> = Promise.resolve();

  constructor(nodeOptions = '') {
    this.#nodeOptions = nodeOptions;
  }

  async run(request: RunRequest): Promise<Outcome> {
    this.#child ??= this.#start();
    const child = this.#child;
    // An idle process does not keep the test file from ending.
    child.ref();
    const printed = Promise.all([child.stdout, child.stderr].map(readToEndOfRun));
    const timeout = setTimeout(() => child.kill('SIGKILL'), TOO_LONG);
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const [stdout, stderr] = (await printed) as [Printed, Printed];
    clearTimeout(timeout);
    // A process that has handled a signal ends.
    if (stderr.exitCode === undefined || stderr.exitCode > 128) await this.end();
    child.unref();
    return {
      code: stderr.exitCode ?? child.exitCode,
      signal: child.signalCode,
      stdout: stdout.text,
      stderr: stderr.text,
    };
  }

  async end(): Promise<void> {
    this.#child?.ref();
    this.#child?.stdin.end();
    this.#child = undefined;
    await this.#closed;
  }

  #start(): Child {
    const [program = '', ...args] = [...WITHOUT_ROOTS_RIGHTS, process.execPath, MANY_RUNS];
    const child = spawn(program, args, {
      env: { PATH: process.env['PATH'], NODE_OPTIONS: this.#nodeOptions },
      stdio: 'pipe',
    });
    child.stdin.on('error', () => undefined); // The process was killed.
    this.#closed = once(child, 'close');
    return child;
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

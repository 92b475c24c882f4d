// The process in which the runs of one world take place, one after the other, until one is killed.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { programOf } from '../fakes/bins.js';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { END_OF_RUN, type RunRequest } from './run-request.js';

const MANY_RUNS = programOf('test/property/many-runs.js');
/** No run takes so long (ms). */
const TOO_LONG = 120_000;

export interface Outcome {
  /** `null`: it was killed. */
  readonly code: number | null;
  readonly stderr: string;
}

export class SyncProcess {
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcessByStdio<Writable, null, Readable> | undefined;
  #closed: Promise<unknown> = Promise.resolve();

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  async run(request: RunRequest): Promise<Outcome> {
    this.#child ??= this.#start();
    const child = this.#child;
    let stderr = '';
    let code: number | undefined;
    const ended = new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
        const at = stderr.indexOf(END_OF_RUN);
        if (at === -1 || !stderr.endsWith('\n')) return;
        code = Number(stderr.slice(at + END_OF_RUN.length));
        stderr = stderr.slice(0, at);
        resolve();
      });
    });
    const timeout = setTimeout(() => child.kill('SIGKILL'), TOO_LONG);
    child.stdin.write(`${JSON.stringify(request)}\n`);
    await Promise.race([ended, this.#closed]);
    clearTimeout(timeout);
    child.stderr.removeAllListeners('data');
    if (code === undefined) this.#child = undefined;
    return { code: code ?? null, stderr };
  }

  end(): void {
    this.#child?.stdin.end();
  }

  #start(): ChildProcessByStdio<Writable, null, Readable> {
    const [program = '', ...args] = [...WITHOUT_ROOTS_RIGHTS, process.execPath, MANY_RUNS];
    const child = spawn(program, args, { env: this.#environment, stdio: ['pipe', 'ignore', 'pipe'] });
    child.stdin.on('error', () => undefined); // It has been killed.
    child.stderr.setEncoding('utf8');
    this.#closed = once(child, 'close');
    return child;
  }
}

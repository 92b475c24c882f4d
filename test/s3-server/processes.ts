import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findProgram } from '../../lib/cli/find-program.js';

/** The search path for programs: an ordinary user's PATH may lack the `sbin` directories. */
const searchPath = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

/** Whether a program of that name can be started. */
export function isInstalled(program: string): boolean {
  return findProgram(program, searchPath.join(delimiter)) !== undefined;
}

/**
 * The processes of one server. Their output goes to log files in `directory`.
 * When one of the daemons ends, all waiting ends.
 */
export class Processes {
  /** Aborted, with an error as the reason, by `fail`, or when a daemon ends before `stop`. */
  readonly failed: AbortSignal;
  readonly #failure = new AbortController();
  readonly #directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  #stopping = false;
  readonly #running = new Map<ChildProcess, Promise<unknown>>();

  constructor(directory: string) {
    this.failed = this.#failure.signal;
    this.#directory = directory;
    // The user's Ceph and Python settings must not reach these processes.
    this.#environment = { PATH: searchPath.join(delimiter), HOME: directory, LC_ALL: 'C.UTF-8' };
  }

  /** Starts a program that is to run until `stop`, and returns at once. */
  startDaemon(program: string, args: readonly string[]): void {
    this.#start(program, args).then((end) => {
      if (!this.#stopping) this.fail(this.#error(program, end));
    });
  }

  /** Runs a program to its end. */
  async run(program: string, args: readonly string[]): Promise<void> {
    const end = await this.orFailed(this.#start(program, args));
    if (end !== 'ended with code 0') throw this.#error(program, end);
  }

  /** Waits for `work`, but no longer than until `failed`. */
  async orFailed<T>(work: Promise<T>): Promise<T> {
    this.failed.throwIfAborted();
    return await new Promise<T>((resolve, reject) => {
      const onFailure = () => reject(this.failed.reason);
      this.failed.addEventListener('abort', onFailure);
      work.then(resolve, reject).finally(() => this.failed.removeEventListener('abort', onFailure));
    });
  }

  /** Ends all waiting with this error. */
  fail(error: Error): void {
    this.#failure.abort(error);
  }

  /** Kills all processes and waits for their end. No state is worth a slow shutdown. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const child of this.#running.keys()) child.kill('SIGKILL');
    await Promise.all(this.#running.values());
  }

  /**
   * Starts a process and resolves with how it ended. The kernel kills it when this
   * process dies (--pdeathsig), however that happens; the session of its own keeps a
   * Ctrl-C from stopping it while the tests still clean up.
   */
  #start(program: string, args: readonly string[]): Promise<string> {
    const output = openSync(this.#log(program), 'a');
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
      cwd: this.#directory,
      env: this.#environment,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const end = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started (${error.message})`));
      child.once('exit', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
    });
    this.#running.set(child, end);
    end.then(() => this.#running.delete(child));
    return end;
  }

  #error(program: string, end: string): Error {
    const lines = readFileSync(this.#log(program), 'utf8').trimEnd().split('\n').slice(-15);
    return new Error(`${program} ${end}. Its last log lines:\n${lines.join('\n')}`);
  }

  #log(program: string): string {
    return join(this.#directory, `${program}.log`);
  }
}

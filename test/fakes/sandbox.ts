// A temporary folder for a command under test, with a source, a config, and fakes that come first on PATH.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binOf } from './bins.js';
import type { CallServer } from './call-server.js';
import type { Outcome } from './command-process.js';
import type { Call, Reply } from './scenario.js';
import { ScriptedAws } from './scripted-aws.js';
import { runShared } from './shared-process.js';
import { WITHOUT_ROOTS_RIGHTS } from './without-roots-rights.js';

export const KEY = 'Secret0Key1that2must3never4leak5';
export const EASY_KEY = 'correct horse battery';

/** The folder of the fakes that are not compiled. */
export const FAKES = fileURLToPath(new URL('../../../test/fakes', import.meta.url));
/** A value for the commands' NODE_OPTIONS. */
export const WITHOUT_MODERN_SYSLOG = `--require=${join(FAKES, 'hide-modern-syslog.cjs')}`;

export type { Outcome };

/** A run with `keepInput`, `onStart`, `through` or NODE_OPTIONS has its own process, like one with `alone`. */
export interface RunOptions {
  readonly input?: string;
  /** Whether the command has its own process, because the test is about the process itself, or about /dev/stdin. */
  readonly alone?: boolean;
  /** Whether standard input stays open. */
  readonly keepInput?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A program, with its arguments, that starts the command. Runs with WITHOUT_ROOTS_RIGHTS share a process, too. */
  readonly through?: readonly string[];
  /** Called after the start of the process. */
  readonly onStart?: (child: ChildProcess) => void;
}

export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'esb-test-'));
  readonly source = join(this.folder, 'source');
  readonly configFile = join(this.folder, 'backup.config');
  readonly lock = join(this.folder, 'lock');
  /** The folder of fake programs, first on the commands' PATH. */
  readonly fakes = join(this.folder, 'fakes');
  readonly #aws: ScriptedAws | undefined;

  /** @param callServerOf makes the fake `aws` in the given folder; by default, one that plays the scenarios of `expect` */
  constructor(t: TestContext, callServerOf?: (folder: string) => CallServer) {
    t.after(() => rmSync(this.folder, { recursive: true, force: true }));
    mkdirSync(this.source);
    mkdirSync(this.fakes);
    if (callServerOf === undefined) this.#aws = new ScriptedAws(this.fakes, [KEY, EASY_KEY]);
    const callServer = callServerOf?.(this.fakes) ?? this.#scripted.callServer;
    t.after(() => callServer.close());
    callServer.makeProgram(join(this.fakes, 'aws'));
    this.fake(
      'logger',
      `echo "$*" >> "${this.folder}/logger-arguments"\nexec cat >> "${this.folder}/syslog"`,
    );
  }

  /** The commands' PATH. */
  get path(): string {
    return `${this.fakes}:${process.env['PATH']}`;
  }

  get #scripted(): ScriptedAws {
    if (this.#aws === undefined) throw new Error('this fake plays no scenario');
    return this.#aws;
  }

  /** Puts a shell script first on the commands' PATH. */
  fake(name: string, script: string): void {
    writeFileSync(join(this.fakes, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.fakes, name), 0o755);
  }

  /** Sets the calls of `aws` that have to come, with their replies, in place of the previous ones. */
  expect(replies: readonly Reply[]): void {
    this.#scripted.expect(replies);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.source, path)), { recursive: true });
    writeFileSync(join(this.source, path), content);
  }

  /** Writes the config; `settings` replace the usual ones, and `undefined` removes one. */
  config(settings: Record<string, string | undefined> = {}): string {
    const all = {
      AWS_PROFILE: 'default',
      AWS_REGION: 'eu-central-1',
      AWS_BUCKET: 'test-bucket',
      AWS_RETENTION_DAYS: '30',
      LOCAL_DIR: this.source,
      LOCAL_LOCK: this.lock,
      REMOTE_DIR_PREFIX: 'pc/docs',
      // Every run is full, unless a test sets this for quick ones.
      FULL_CHECK_HOURS: '0',
      ENCRYPTION_KEY: KEY,
      ...settings,
    };
    const lines = Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}='${value}'`],
    );
    writeFileSync(this.configFile, `${lines.join('\n')}\n`, { mode: 0o600 });
    return this.configFile;
  }

  /** Runs a built command to its end. */
  run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const { input = '', through = [], cwd = this.folder } = options;
    const environment = {
      HOME: this.folder,
      PATH: this.path,
      NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
      ...options.environment,
    };
    return needsOwnProcess(options)
      ? runAlone([...through, process.execPath, binOf(command), ...args], cwd, environment, options)
      : runShared({ command, args, cwd, environment, input }, through);
  }

  /** All calls of the fake `aws`. @throws {Error} if a call was wrong, or an expected one is missing */
  calls(): readonly Call[] {
    const calls = this.callsSoFar();
    const wrong = calls.filter((call) => call.problems.length > 0);
    if (wrong.length > 0) throw new Error(`wrong calls of aws: ${JSON.stringify(wrong, null, 2)}`);
    const missing = this.#scripted.missing();
    if (missing.length > 0) throw new Error(`calls of aws that did not come: ${JSON.stringify(missing)}`);
    return calls;
  }

  callsSoFar(): readonly Call[] {
    return this.#scripted.calls;
  }

  /** The signals that the fake `aws` has received. */
  signals(): readonly string[] {
    return this.#scripted.signals;
  }

  /** The lines sent to syslog, with their `<priority>`. */
  syslog(): string[] {
    return linesOf(join(this.folder, 'syslog'));
  }
}

function needsOwnProcess({ alone, keepInput, onStart, through, environment }: RunOptions): boolean {
  return (
    alone === true ||
    keepInput === true ||
    onStart !== undefined ||
    (through !== undefined && through !== WITHOUT_ROOTS_RIGHTS) ||
    environment?.['NODE_OPTIONS'] !== undefined
  );
}

function runAlone(
  [program = '', ...args]: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
  { input = '', keepInput = false, onStart }: RunOptions,
): Promise<Outcome> {
  const child = spawn(program, args, { cwd, env: environment });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  child.stdin.on('error', () => undefined);
  if (!keepInput) child.stdin.end(input);
  onStart?.(child);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

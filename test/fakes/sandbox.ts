// A private world for a command under test: home, source folder, config, and a PATH that begins with our fakes.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binOf } from './bins.js';
import type { Resident } from './resident.js';
import type { Call, Reply } from './scenario.js';
import { ScriptedAws } from './scripted-aws.js';

export const KEY = 'Secret0Key1that2must3never4leak5';
export const EASY_KEY = 'correct horse battery';

/** This folder's sources: what is not built. */
export const FAKES = fileURLToPath(new URL('../../../test/fakes', import.meta.url));
/** For NODE_OPTIONS of the commands. */
export const WITHOUT_MODERN_SYSLOG = `--require=${join(FAKES, 'hide-modern-syslog.cjs')}`;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  /** Leaves standard input open. */
  readonly keepInput?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A program that starts the command, with its arguments. */
  readonly through?: readonly string[];
  /** Called when the process runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'esb-test-'));
  readonly source = join(this.folder, 'source');
  readonly configFile = join(this.folder, 'backup.config');
  readonly lock = join(this.folder, 'lock');
  /** The folder of the programs that come first on the commands' PATH. */
  readonly fakes = join(this.folder, 'fakes');
  readonly #aws: ScriptedAws | undefined;

  /** @param residentOf makes the fake `aws`, in the given folder; without it, one that plays what `expect` is told */
  constructor(t: TestContext, residentOf?: (folder: string) => Resident) {
    t.after(() => rmSync(this.folder, { recursive: true, force: true }));
    mkdirSync(this.source);
    mkdirSync(this.fakes);
    if (residentOf === undefined) this.#aws = new ScriptedAws(this.fakes, [KEY, EASY_KEY]);
    const resident = residentOf?.(this.fakes) ?? this.#scripted.resident;
    t.after(() => resident.close());
    resident.makeProgram(join(this.fakes, 'aws'));
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

  /** Puts a shell script on the PATH of the commands. */
  fake(name: string, script: string): void {
    writeFileSync(join(this.fakes, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.fakes, name), 0o755);
  }

  /** The calls of `aws` to come. Ends the previous scenario. */
  expect(replies: readonly Reply[]): void {
    this.#scripted.expect(replies);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.source, path)), { recursive: true });
    writeFileSync(join(this.source, path), content);
  }

  /** Writes a config; `settings` replace the usual ones, `undefined` leaves one out. */
  config(settings: Record<string, string | undefined> = {}): string {
    const all = {
      AWS_PROFILE: 'default',
      AWS_REGION: 'eu-central-1',
      AWS_BUCKET: 'test-bucket',
      AWS_RETENTION_DAYS: '30',
      LOCAL_DIR: this.source,
      LOCAL_LOCK: this.lock,
      REMOTE_DIR_PREFIX: 'pc/docs',
      // Every run is a full one, unless a test is about quick ones.
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
  async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const words = [...(options.through ?? []), process.execPath, binOf(command), ...args];
    const child = spawn(words[0] ?? '', words.slice(1), {
      cwd: options.cwd ?? this.folder,
      env: {
        HOME: this.folder,
        PATH: this.path,
        NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
        ...options.environment,
      },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    child.stdin.on('error', () => undefined);
    if (!options.keepInput) child.stdin.end(options.input ?? '');
    options.onStart?.(child);
    return new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
  }

  /** What the fake was called with; fails if a call was wrong, or an expected one did not come. */
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

  /** The signals that the fake `aws` got. */
  signals(): readonly string[] {
    return this.#scripted.signals;
  }

  /** The lines sent to syslog, with their `<priority>`. */
  syslog(): string[] {
    return linesOf(join(this.folder, 'syslog'));
  }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

// A private world for a command under test: home, source folder, config, and a PATH that begins with our fakes.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Call, Reply } from './scenario.js';

export const KEY = 'Secret0Key1that2must3never4leak5';
export const EASY_KEY = 'correct horse battery';

const HERE = dirname(fileURLToPath(import.meta.url));
const BIN = join(HERE, '../../bin');
const HIDE_MODERN_SYSLOG = join(HERE, '../../../test/fakes/hide-modern-syslog.mjs');

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
  /** Called when the process runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'esb-test-'));
  readonly source = join(this.folder, 'source');
  readonly configFile = join(this.folder, 'backup.config');
  readonly lock = join(this.folder, 'lock');
  readonly #fakes = join(this.folder, 'fakes');
  #replies: readonly Reply[] = [];

  constructor(t: TestContext) {
    t.after(() => rmSync(this.folder, { recursive: true, force: true }));
    mkdirSync(this.source);
    mkdirSync(this.#fakes);
    // What hides modern-syslog from the command would only slow the fake down.
    this.fake('aws', `unset NODE_OPTIONS; exec "${process.execPath}" "${join(HERE, 'aws.js')}" "$@"`);
    this.fake(
      'logger',
      `echo "$*" >> "${this.folder}/logger-arguments"\nexec cat >> "${this.folder}/syslog"`,
    );
    this.expect([]);
  }

  /** Puts a shell script on the PATH of the commands. */
  fake(name: string, script: string): void {
    writeFileSync(join(this.#fakes, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.#fakes, name), 0o755);
  }

  /** The calls of `aws` to come. Ends the previous scenario. */
  expect(replies: readonly Reply[]): void {
    this.#replies = replies;
    rmSync(join(this.#fakes, 'scenario'), { recursive: true, force: true });
    mkdirSync(join(this.#fakes, 'scenario'));
    const scenario = { replies, secrets: [KEY, EASY_KEY] };
    writeFileSync(join(this.#fakes, 'scenario/scenario.json'), JSON.stringify(scenario));
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
    const child = spawn(process.execPath, [join(BIN, `${command}.js`), ...args], {
      cwd: options.cwd ?? this.folder,
      env: {
        HOME: this.folder,
        PATH: `${this.#fakes}:${process.env['PATH']}`,
        NODE_OPTIONS: `--import=${HIDE_MODERN_SYSLOG}`,
        FAKE_AWS: join(this.#fakes, 'scenario'),
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
  calls(): Call[] {
    const calls = this.callsSoFar();
    const wrong = calls.filter((call) => call.problems.length > 0);
    if (wrong.length > 0) throw new Error(`wrong calls of aws: ${JSON.stringify(wrong, null, 2)}`);
    const missing = this.#replies.filter(
      (reply, index) => !reply.optional && !existsSync(join(this.#fakes, `scenario/claimed-${index}-0`)),
    );
    if (missing.length > 0) throw new Error(`calls of aws that did not come: ${JSON.stringify(missing)}`);
    return calls;
  }

  callsSoFar(): Call[] {
    return linesOf(join(this.#fakes, 'scenario/calls.jsonl')).map((line) => JSON.parse(line) as Call);
  }

  /** The signals that the fake `aws` got. */
  signals(): string[] {
    return linesOf(join(this.#fakes, 'scenario/signals'));
  }

  /** The lines sent to syslog, with their `<priority>`. */
  syslog(): string[] {
    return linesOf(join(this.folder, 'syslog'));
  }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

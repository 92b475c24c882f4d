// A temporary folder for commands under test on the real S3 server, with a bucket name, a home, a source, a config, and
// one AWS CLI first on PATH.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { binOf, builtBinOf } from '../fakes/bins.js';
import { WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import type { AwsCli } from '../s3-server/aws-clis.js';
import { s3ServerOfThisRun } from '../s3-server/from-environment.js';
import { loaded } from '../s3-server/loaded-aws.js';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** A program, with its arguments, that starts the command. */
  readonly through?: readonly string[];
}

export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** A version or delete marker in a listing, in which the newest of a key comes first. */
export interface Version {
  readonly Key: string;
  readonly VersionId: string;
  readonly IsLatest: boolean;
  /** Absent in a delete marker. */
  readonly Size?: number;
  readonly StorageClass?: string;
  readonly ETag?: string;
}

/** The warning of a run without an escrowed key, which may follow those of a first run and of one without files. */
export const ESCROW_WARNING =
  /^(?:\S+: WARNING: (?:The bucket|No file of) .*\n)*encrypted-s3-sync\[\d+\]: WARNING: You have not backed up your encryption key, yet\.\n$/;

export function newKey(): string {
  return randomBytes(16).toString('hex');
}

export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'world-'));
  readonly source = join(this.folder, 'source');
  /** The commands' TMPDIR. */
  readonly temporary = join(this.folder, 'tmp');
  readonly configFile = join(this.folder, 'backup.config');
  readonly lock = join(this.folder, 'lock');
  readonly bucket: string;
  readonly key = newKey();
  readonly environment: NodeJS.ProcessEnv;
  readonly #endpoint: string;
  /** Resolves a command: the built bin if the AWS CLI starts as a user's does, otherwise the bundle. */
  readonly #bin: (command: string) => string;
  /** The AWS CLI of the test's own calls. */
  readonly #aws: string;

  /**
   * @param name of the bucket; the CLI's version is appended
   * @param atEnd gets the function that removes the folder
   */
  constructor(name: string, cli: AwsCli, atEnd: (remove: () => void) => void) {
    atEnd(() => rmSync(this.folder, { recursive: true, force: true }));
    this.bucket = `${name}-${cli.version.replaceAll('.', '-')}`;
    this.#bin = cli.isLoaded ? binOf : builtBinOf;
    this.#aws = join(loaded(cli).directory, 'aws');
    const server = s3ServerOfThisRun();
    this.#endpoint = server.endpoint;
    const programs = join(this.folder, 'programs');
    for (const folder of [this.source, this.temporary, programs]) mkdirSync(folder);
    writeFileSync(join(programs, 'logger'), `#!/bin/sh\nexec cat >> "${this.folder}/syslog"\n`, {
      mode: 0o755,
    });
    this.environment = {
      ...server.environment,
      HOME: this.folder,
      TMPDIR: this.temporary,
      LC_ALL: 'C.UTF-8',
      // In this zone, the AWS CLI sets the times of downloaded files an hour off.
      TZ: 'Europe/Dublin',
      PATH: `${programs}:${cli.directory}:${process.env['PATH']}`,
      NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
    };
  }

  /** Writes a file below the source folder. */
  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.source, path)), { recursive: true });
    writeFileSync(join(this.source, path), content);
  }

  /** Writes the config; `settings` replace the usual ones. */
  config(settings: Record<string, string> = {}): string {
    const all = {
      AWS_PROFILE: 'default',
      AWS_REGION: 'us-east-1',
      AWS_BUCKET: this.bucket,
      AWS_RETENTION_DAYS: '30',
      LOCAL_DIR: this.source,
      LOCAL_LOCK: this.lock,
      REMOTE_DIR_PREFIX: 'pc/docs',
      // Every run is full, unless a test sets this for quick ones.
      FULL_CHECK_HOURS: '0',
      ENCRYPTION_KEY: this.key,
      ...settings,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(this.configFile, lines.join(''), { mode: 0o600 });
    return this.configFile;
  }

  /** Starts a built command. */
  start(command: string, args: readonly string[], options: RunOptions = {}): Running {
    const [program = '', ...rest] = [
      ...(options.through ?? []),
      process.execPath,
      this.#bin(command),
      ...args,
    ];
    return this.#spawn(program, rest, options);
  }

  /** Runs a built command to its end. */
  run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.start(command, args, options).outcome;
  }

  /** Runs a backup with the present config. */
  sync(options: RunOptions = {}): Promise<Outcome> {
    return this.run('encrypted-s3-sync', [this.configFile], options);
  }

  /** Runs the AWS CLI as a user does. */
  aws(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    // Older AWS CLIs do not read AWS_ENDPOINT_URL.
    return this.#spawn(this.#aws, ['--endpoint-url', this.#endpoint, ...args], options).outcome;
  }

  /** Runs the AWS CLI, which has to succeed. @returns its output */
  async awsSucceeds(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.aws(args);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  /** Makes a bucket with versioning. */
  async makeBucket(): Promise<void> {
    await this.awsSucceeds('s3', 'mb', this.url(''));
    const versioning = ['--bucket', this.bucket, '--versioning-configuration', 'Status=Enabled'];
    await this.awsSucceeds('s3api', 'put-bucket-versioning', ...versioning);
  }

  url(key: string): string {
    return `s3://${this.bucket}/${key}`;
  }

  /** All versions in the bucket, except the records of runs. */
  async versions(): Promise<Version[]> {
    const args = ['s3api', 'list-object-versions', '--bucket', this.bucket, '--output', 'json'];
    const { Versions = [], DeleteMarkers = [] } = JSON.parse((await this.awsSucceeds(...args)) || '{}') as {
      Versions?: Version[];
      DeleteMarkers?: Version[];
    };
    return [...Versions, ...DeleteMarkers].filter(({ Key }) => !Key.startsWith('backup.info/runs/'));
  }

  /** The sizes of the current objects below the prefix, by path. */
  async current(): Promise<Record<string, number>> {
    const prefix = 'pc/docs/';
    const current = (await this.versions()).filter(
      ({ IsLatest, Size, Key }) => IsLatest && Size !== undefined && Key.startsWith(prefix),
    );
    return Object.fromEntries(current.map(({ Key, Size = 0 }) => [Key.slice(prefix.length), Size]));
  }

  /** Asserts that the AWS CLI alone, with the key, restores exactly the files in the source folder. */
  async assertStored(): Promise<void> {
    const restored = join(this.folder, 'restored by aws');
    await this.awsSucceeds(
      's3',
      'cp',
      '--recursive',
      '--quiet',
      this.url('pc/docs/'),
      restored,
      ...withKey(this.key),
    );
    assert.deepEqual(contentsOf(restored), contentsOf(this.source));
    rmSync(restored, { recursive: true, force: true });
  }

  /** Returns the captured syslog, and empties it. */
  takeSyslog(): string {
    const file = join(this.folder, 'syslog');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    rmSync(file, { force: true });
    return text;
  }

  #spawn(program: string, args: readonly string[], options: RunOptions): Running {
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { ...this.environment, ...options.environment },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const outcome = new Promise<Outcome>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
    return { child, outcome };
  }
}

/** The options of the AWS CLI's `s3` commands for a key that need not be secret. */
export function withKey(key: string): string[] {
  return ['--sse-c', 'AES256', '--sse-c-key', key];
}

/** The SHA-256 of every regular file below a folder, by path; empty for a missing folder. */
export function contentsOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  const entries = files.map(({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [file.slice(folder.length + 1), sha256(readFileSync(file))] as const;
  });
  return Object.fromEntries(entries.sort());
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Variables that limit the AWS CLI to a bandwidth such as `1MB/s`. */
export function slowProfile(world: World, bandwidth: string): NodeJS.ProcessEnv {
  const file = join(world.folder, 'slow-profile');
  const settings = ['addressing_style = path', `max_bandwidth = ${bandwidth}`];
  writeFileSync(file, `[default]\ns3 =\n${settings.map((it) => `    ${it}\n`).join('')}`);
  return { AWS_CONFIG_FILE: file };
}

// A sandbox with a fake bucket that lasts from run to run.
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { BucketAws } from '../fakes/bucket-aws.js';
import type { CallServer } from '../fakes/call-server.js';
import type { FakeBucket, StoredObject } from '../fakes/fake-bucket.js';
import type { Faults } from '../fakes/fault.js';
import { pathsBelow } from '../fakes/paths-below.js';
import { type Outcome, type RunOptions, Sandbox } from '../fakes/sandbox.js';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';

/** The mtime of new files: older than any run. */
const LONG_AGO = new Date('2020-02-02T02:02:02Z');
/** The files that the fakes write. */
const LOGS = ['calls', 'syslog', 'logger-arguments'];

export const OTHER_KEY = 'Another0Key1of2the3same4length56';
export const PREFIX = 'pc/docs/';
/** A pattern for `onCall`: the calls that upload due files by name. */
export const UPLOAD = `*" s3://test-bucket/${PREFIX} --recursive "*`;
export const RECORD = `backup.info/runs/${PREFIX}last-run.json`;
export const TREE = `backup.info/runs/${PREFIX}tree.ndjson.gz`;

export class BucketWorld extends Sandbox {
  readonly home = join(this.folder, 'home');
  /** The commands' TMPDIR. */
  readonly tmp = join(this.folder, 'tmp');
  readonly stateHome = join(this.home, '.local/state');
  readonly bucket: FakeBucket;
  /** The faults that the test injects. */
  readonly faults: Faults;
  /** A shell command that calls the fake `aws` with the script's own arguments. */
  readonly aws: string;
  readonly #callServer: CallServer;

  constructor(t: TestContext) {
    let aws: BucketAws | undefined;
    super(t, (folder) => {
      aws = new BucketAws(folder);
      return aws.callServer;
    });
    if (aws === undefined) throw new Error('the sandbox makes its fake at once');
    this.bucket = aws.bucket;
    this.faults = aws.faults;
    this.#callServer = aws.callServer;
    this.aws = `${this.#callServer.command} "$@"`;
    for (const folder of [this.home, this.tmp]) mkdirSync(folder);
    this.config();
    this.onCall();
  }

  /** Runs `script` before each call whose arguments, joined by spaces, match the shell `pattern`; by default, no script. */
  onCall(pattern = '', script = ''): void {
    const file = join(this.folder, 'calls');
    if (pattern === '') {
      this.#callServer.makeProgram(join(this.fakes, 'aws'), file);
      return;
    }
    const log = `printf '%s\\037' "$@" END >> "${file}"`;
    this.fake('aws', `${log}\ncase "$*" in ${pattern}) ${script};; esac\nexec ${this.aws}`);
  }

  /** Runs `script` only before the first such call. */
  onFirstCall(pattern: string, script: string): void {
    const once = join(this.folder, 'once');
    rmSync(once, { recursive: true, force: true });
    this.onCall(pattern, `if mkdir '${once}' 2>/dev/null; then ${script}; fi`);
  }

  override write(path: string, content: string, changed = LONG_AGO): void {
    super.write(path, content);
    utimesSync(join(this.source, path), changed, changed);
  }

  remove(...paths: readonly string[]): void {
    for (const path of paths) rmSync(join(this.source, path), { recursive: true });
  }

  /** Stores an object in the bucket without the backup; without an encryption key, it has no SSE-C. */
  put(key: string, body: string | Buffer, encryptionKey?: string): void {
    const hash = encryptionKey && createHash('sha256').update(encryptionKey).digest('hex');
    this.bucket.add(key, Buffer.from(body), hash);
  }

  /** Makes a bucket with versioning, like one of the original scripts. */
  makeBucket(): void {
    this.bucket.exists = true;
    this.bucket.isVersioned = true;
  }

  /** Removes the bucket behind the back of the backup, with everything in it. */
  removeBucket(): void {
    for (const { key, id } of this.bucket.versions()) this.bucket.removeVersion(key, id);
    this.bucket.exists = false;
  }

  /** Runs a built command to its end. */
  override run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    writeFileSync(join(this.folder, 'calls'), '');
    const environment = {
      HOME: this.home,
      TMPDIR: this.tmp,
      ...options.environment,
    };
    return super.run(command, args, { ...options, environment });
  }

  /** Runs a backup. */
  sync(flags: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return this.runUnprivileged('encrypted-s3-sync', [...flags, this.configFile], { environment });
  }

  /** Runs a command without root's right to read and write everything. */
  runUnprivileged(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.run(command, args, { ...options, through: WITHOUT_ROOTS_RIGHTS });
  }

  /** The last run's calls of `aws`, in the order in which they began: the arguments, joined by spaces. */
  awsCalls(): string[] {
    const log = readFileSync(join(this.folder, 'calls'), 'utf8');
    return log
      .split('\x1fEND\x1f')
      .slice(0, -1)
      .map((call) => call.replaceAll('\x1f', ' '));
  }

  /** How often the last run downloaded the tree. */
  treeDownloads(): number {
    return this.awsCalls().filter((it) => it.includes(`s3 cp s3://test-bucket/${TREE} `)).length;
  }

  /** The paths of the backup's objects. */
  stored(): string[] {
    return [...this.bucket.current().keys()]
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length));
  }

  /** The paths that were stored since the bucket had `count` versions; `-` precedes those that were deleted. */
  changesSince(count: number): string[] {
    const changes = this.bucket.versions().slice(count);
    const files = changes.filter(({ key }) => key.startsWith(PREFIX));
    return files.map(({ key, body }) => (body === undefined ? '-' : '') + key.slice(PREFIX.length));
  }

  current(key: string): StoredObject {
    const version = this.bucket.current().get(key);
    if (version === undefined) throw new Error(`${key} is not in the bucket`);
    return version;
  }

  /** The state folder of the backup. */
  get stateFolder(): string {
    const parent = join(this.stateHome, 'encrypted-s3-backup');
    const names = readdirSync(parent).filter((name) => !name.startsWith('escrow-'));
    if (names.length !== 1) throw new Error(`not one state folder: ${names}`);
    return join(parent, names[0] ?? '');
  }

  /** The path of the tree's copy in the state folder. */
  get treeCopy(): string {
    return join(this.stateFolder, 'tree.ndjson.gz');
  }

  /** All versions in the bucket, and all paths on disk except the fakes' logs, with their metadata: equal if nothing has changed. */
  snapshot(): string[] {
    const left = pathsBelow(this.folder).filter((path) => !LOGS.includes(path));
    const files = left.map((path) => {
      const { mode, size, mtimeMs, ino } = lstatSync(join(this.folder, path));
      return path === 'tmp' ? path : `${path} ${mode.toString(8)} ${size} ${mtimeMs} ${ino}`;
    });
    return [...files, ...this.bucket.versions().map(({ id, key }) => `${id} ${key}`)];
  }

  get hasLock(): boolean {
    return existsSync(this.lock) || existsSync(`${this.lock}.lock`);
  }
}

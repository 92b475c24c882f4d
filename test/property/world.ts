// A directory, its backup in the fake bucket, and assertions about both.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ageLockFolder } from '../fakes/age-lock-folder.js';
import { BucketAws } from '../fakes/bucket-aws.js';
import { CommandProcess, type Outcome } from '../fakes/command-process.js';
import type { FakeBucket } from '../fakes/fake-bucket.js';
import type { Fault } from '../fakes/fault.js';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { assertRecordIsTrue, isTreeOfRecord, keptPaths, recordIn } from './claims.js';
import { filesOnDisk, isReallyGone } from './disk.js';
import { Witness } from './witness.js';

const KEY = 'Secret0Key1that2must3never4leak5';
const PREFIX = 'pc/docs/';

export interface WorldOptions {
  readonly followSymlinks: boolean;
  /** How much the server's clock is ahead (ms). */
  readonly clockOffset: number;
  readonly fullCheckHours: number;
  /** A name in LOCAL_DIR that EXCLUDE excludes, be it a file or a folder. */
  readonly excluded: string | undefined;
}

export class PropertyWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'property-'));
  /** LOCAL_DIR, two levels down, because links may lead to `..`. */
  readonly root = join(this.folder, 'disk/source');
  readonly followSymlinks: boolean;
  readonly clockOffset: number;
  readonly #excluded: string | undefined;
  readonly #configFile = join(this.folder, 'config');
  readonly #lock = join(this.folder, 'lock');
  readonly #aws: BucketAws;
  readonly #process = new CommandProcess(WITHOUT_ROOTS_RIGHTS);
  readonly #environment: NodeJS.ProcessEnv;
  /** Paths for which only the next full run can know what the bucket holds. */
  #doubtful = new Set<string>();
  /** Whether the bucket may hold objects without a file until the next full run. */
  #mayHaveStrays = false;
  /** Paths whose objects are kept although their files are gone, until the next full run deletes them. */
  #kept = new Set<string>();

  constructor({ followSymlinks, clockOffset, fullCheckHours, excluded }: WorldOptions) {
    this.followSymlinks = followSymlinks;
    this.clockOffset = clockOffset;
    this.#excluded = excluded;
    for (const name of ['disk/source', 'bin']) mkdirSync(join(this.folder, name), { recursive: true });
    this.#aws = new BucketAws(this.folder);
    this.#aws.callServer.makeProgram(join(this.folder, 'bin/aws'));
    writeFileSync(join(this.folder, 'bin/logger'), '#!/bin/sh\nexec cat >/dev/null\n', { mode: 0o755 });
    this.#environment = {
      HOME: this.folder,
      PATH: `${join(this.folder, 'bin')}:${process.env['PATH']}`,
      FAKE_CLOCK_OFFSET: `${clockOffset}`,
    };
    const settings = {
      AWS_REGION: 'us-east-1',
      AWS_BUCKET: 'bucket',
      AWS_RETENTION_DAYS: '30',
      LOCAL_DIR: this.root,
      LOCAL_LOCK: this.#lock,
      REMOTE_DIR_PREFIX: 'pc/docs',
      FOLLOW_SYMLINKS: followSymlinks ? 'yes' : 'no',
      FULL_CHECK_HOURS: `${fullCheckHours}`,
      ENCRYPTION_KEY: KEY,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
    if (excluded !== undefined) lines.push(`EXCLUDE=('${excluded}' '${excluded}/*')\n`);
    writeFileSync(this.#configFile, lines.join(''), { mode: 0o600 });
  }

  get #bucket(): FakeBucket {
    return this.#aws.bucket;
  }

  /** Whether EXCLUDE excludes a path. */
  readonly isExcluded = (path: string): boolean =>
    this.#excluded !== undefined && `${path}/`.startsWith(`${this.#excluded}/`);

  remove(): void {
    void this.#process.end();
    this.#aws.callServer.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A witness that observes the disk from now on. */
  witness(): Witness {
    const { root, followSymlinks } = this;
    // The backup does not answer for what others have changed in the bucket.
    const isExcluded = (path: string) => this.isExcluded(path) || this.#doubtful.has(path);
    return new Witness(this.stored(), { root, followSymlinks, isExcluded });
  }

  async sync(isFull: boolean, fault?: Fault): Promise<Outcome> {
    const checkedBefore = recordIn(this.#bucket, PREFIX)?.lastFullCheck;
    this.#aws.lies.clear();
    this.#aws.faults.set(fault);
    ageLockFolder(this.#lock);
    const outcome = await this.#process.run({
      command: 'encrypted-s3-sync',
      args: ['--wait=20', '--allow-mass-delete', ...(isFull ? ['--full'] : []), this.#configFile],
      cwd: this.folder,
      environment: this.#environment,
    });
    this.#aws.faults.set(undefined);
    const isNewer = recordIn(this.#bucket, PREFIX)?.lastFullCheck !== checkedBefore;
    const hasChecked = isNewer && isTreeOfRecord(this.#bucket, PREFIX);
    if (hasChecked) {
      this.#doubtful.clear();
      this.#kept.clear();
      this.#mayHaveStrays = false;
    }
    const stored = this.stored();
    for (const key of this.#aws.lies) {
      const path = key.slice(PREFIX.length);
      // A full run has found the false reports of puts. The next one finds those of deletions.
      if (!hasChecked || stored.has(path)) this.#doubtful.add(path);
    }
    return outcome;
  }

  /**
   * Allows the next run to keep the objects of files that vanished during a run: if they are not in its tree, only a
   * full run finds and deletes them.
   */
  expectKept(): void {
    for (const path of this.stored().keys())
      if (isReallyGone(this.root, path, this.followSymlinks)) this.#kept.add(path);
  }

  /** Does what a warning tells the user to do after a run was killed between creating the bucket and its versioning. */
  turnOnVersioning(): void {
    this.#bucket.isVersioned = this.#bucket.exists;
  }

  /** The current files of the backup, by path. */
  stored(): Map<string, Buffer> {
    const files = [...this.#bucket.current().values()].filter(({ key }) => key.startsWith(PREFIX));
    return new Map(files.map(({ key, body }) => [key.slice(PREFIX.length), body]));
  }

  /** Changes the bucket without the backup: deletes an object, truncates one, or adds one without a file. */
  tamper(how: 'remove' | 'cut' | 'put', path: string): void {
    // No random file is this short.
    const body = { remove: undefined, cut: Buffer.from('c'), put: Buffer.from('stray') }[how];
    this.#bucket.add(PREFIX + path, body, body && 'somebody');
    this.#doubtful.add(path);
  }

  /** Removes the state folder, and with it the journal of a run that did not end. */
  removeStateFolder(): void {
    rmSync(join(this.folder, '.local'), { recursive: true, force: true });
    this.#mayHaveStrays = true;
  }

  async assertRecordIsTrue(): Promise<void> {
    await assertRecordIsTrue(this.#claimed, (path) => this.#doubtful.has(path));
  }

  /** Asserts, after a full run without a fault, that the tree keeps no file that is gone from disk, except excluded ones. */
  async assertNothingKept(): Promise<void> {
    for (const path of await keptPaths(this.#claimed)) {
      const mayBeKept = this.isExcluded(path) || !isReallyGone(this.root, path, this.followSymlinks);
      assert.ok(mayBeKept, `still kept: ${JSON.stringify(path)}`);
    }
  }

  get #claimed() {
    const { root, followSymlinks, folder } = this;
    return { bucket: this.#bucket, prefix: PREFIX, root, followSymlinks, folder };
  }

  /**
   * Asserts, after a run without a fault, that the bucket holds every file on disk, and no object whose file is gone.
   * @param hasDeleted whether the run has deleted; if not, objects may stay
   */
  assertComplete(hasDeleted = true): void {
    const stored = this.stored();
    const files = filesOnDisk(this.root, this.followSymlinks);
    for (const [path, content] of files) {
      if (this.isExcluded(path) || this.#doubtful.has(path)) continue;
      assert.ok(stored.has(path), `not stored: ${JSON.stringify(path)}`);
      assert.deepEqual(stored.get(path), content, `stored with other content: ${JSON.stringify(path)}`);
    }
    for (const path of stored.keys()) {
      if (files.has(path) || this.isExcluded(path)) continue;
      const mayStay = !hasDeleted || this.#mayHaveStrays || this.#doubtful.has(path) || this.#kept.has(path);
      assert.ok(
        mayStay || !isReallyGone(this.root, path, this.followSymlinks),
        `not deleted: ${JSON.stringify(path)}`,
      );
      this.#kept.add(path);
    }
  }
}

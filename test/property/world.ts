// A directory, its backup in the fake bucket, and what must hold of the two.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BucketAws } from '../fakes/bucket-aws.js';
import { CommandProcess, type Outcome } from '../fakes/command-process.js';
import type { Fault } from '../fakes/fault.js';
import type { Journal } from '../fakes/journal.js';
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
  /** A name in LOCAL_DIR that is left out, whatever it is. */
  readonly excluded: string | undefined;
}

export class PropertyWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'property-'));
  /** In a folder of its own: links may lead up to it. */
  readonly root = join(this.folder, 'disk/source');
  readonly followSymlinks: boolean;
  readonly clockOffset: number;
  readonly #excluded: string | undefined;
  readonly #configFile = join(this.folder, 'config');
  readonly #aws: BucketAws;
  readonly #process = new CommandProcess();
  readonly #environment: NodeJS.ProcessEnv;
  /** What the bucket has under these paths, nobody but the next full run can know. */
  #doubtful = new Set<string>();
  /** Whether that goes for everything that has no file. */
  #mayHaveStrays = false;
  /** What was in the bucket without a file, and kept: as when a link has taken its place. A full run deletes it at last. */
  #kept = new Set<string>();

  constructor({ followSymlinks, clockOffset, fullCheckHours, excluded }: WorldOptions) {
    this.followSymlinks = followSymlinks;
    this.clockOffset = clockOffset;
    this.#excluded = excluded;
    for (const name of ['disk/source', 'bin']) mkdirSync(join(this.folder, name), { recursive: true });
    this.#aws = new BucketAws(this.folder);
    this.#aws.resident.makeProgram(join(this.folder, 'bin/aws'));
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
      LOCAL_LOCK: join(this.folder, 'lock'),
      REMOTE_DIR_PREFIX: 'pc/docs',
      FOLLOW_SYMLINKS: followSymlinks ? 'yes' : 'no',
      FULL_CHECK_HOURS: `${fullCheckHours}`,
      ENCRYPTION_KEY: KEY,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
    if (excluded !== undefined) lines.push(`EXCLUDE=('${excluded}' '${excluded}/*')\n`);
    writeFileSync(this.#configFile, lines.join(''), { mode: 0o600 });
  }

  get #journal(): Journal {
    return this.#aws.journal;
  }

  /** Whether a file is left out. */
  readonly isExcluded = (path: string): boolean =>
    this.#excluded !== undefined && `${path}/`.startsWith(`${this.#excluded}/`);

  remove(): void {
    void this.#process.end();
    this.#aws.resident.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Looks at the disk from now on. */
  witness(): Witness {
    const { root, followSymlinks } = this;
    // What somebody else has done in the bucket is no loss of ours.
    const isExcluded = (path: string) => this.isExcluded(path) || this.#doubtful.has(path);
    return new Witness(this.stored(), { root, followSymlinks, isExcluded });
  }

  async sync(isFull: boolean, fault?: Fault): Promise<Outcome> {
    const checkedBefore = recordIn(this.#journal, PREFIX)?.lastFullCheck;
    this.#aws.lies.clear();
    this.#aws.faults.set(fault);
    const outcome = await this.#process.run({
      command: 'encrypted-s3-sync',
      args: ['--wait=20', '--allow-mass-delete', ...(isFull ? ['--full'] : []), this.#configFile],
      cwd: this.folder,
      environment: this.#environment,
    });
    this.#aws.faults.set(undefined);
    const isNewer = recordIn(this.#journal, PREFIX)?.lastFullCheck !== checkedBefore;
    const hasChecked = isNewer && isTreeOfRecord(this.#journal, PREFIX);
    if (hasChecked) {
      this.#doubtful.clear();
      this.#kept.clear();
      this.#mayHaveStrays = false;
    }
    const stored = this.stored();
    for (const key of this.#aws.lies) {
      const path = key.slice(PREFIX.length);
      // What was put by a lie, a full run has found; what was deleted by one, the next one does.
      if (!hasChecked || stored.has(path)) this.#doubtful.add(path);
    }
    return outcome;
  }

  /**
   * What vanished during a run that was to upload it is not in the tree any more: a full run deletes its object, or a
   * quick one that finds it in the tree.
   */
  noteVanished(): void {
    for (const path of this.stored().keys())
      if (isReallyGone(this.root, path, this.followSymlinks)) this.#kept.add(path);
  }

  /** What the warning says that the user has to do, when a run was killed right after it had made the bucket. */
  turnOnVersioning(): void {
    this.#journal.isVersioned = this.#journal.exists;
  }

  /** The current files of the backup, by path. */
  stored(): Map<string, Buffer> {
    const files = [...this.#journal.current().values()].filter(({ key }) => key.startsWith(PREFIX));
    return new Map(files.map(({ key, body }) => [key.slice(PREFIX.length), body]));
  }

  /** Behind the back of the backup: an object is taken away, cut short, or put where there is no file. */
  meddle(how: 'remove' | 'cut' | 'put', path: string): void {
    // No file is as short.
    const body = { remove: undefined, cut: Buffer.from('c'), put: Buffer.from('stray') }[how];
    this.#journal.add(PREFIX + path, body, body && 'somebody');
    this.#doubtful.add(path);
  }

  /** The state folder is lost, and with it what tells of a run that has not ended. */
  loseState(): void {
    rmSync(join(this.folder, '.local'), { recursive: true, force: true });
    this.#mayHaveStrays = true;
  }

  async assertRecordIsTrue(): Promise<void> {
    await assertRecordIsTrue(this.#claimed, (path) => this.#doubtful.has(path));
  }

  /** After a full run without faults: what is gone from disk is not kept any more, unless it is excluded. */
  async assertNothingKept(): Promise<void> {
    for (const path of await keptPaths(this.#claimed)) {
      const mayBeKept = this.isExcluded(path) || !isReallyGone(this.root, path, this.followSymlinks);
      assert.ok(mayBeKept, `kept: ${JSON.stringify(path)}`);
    }
  }

  get #claimed() {
    const { root, followSymlinks, folder } = this;
    return { journal: this.#journal, prefix: PREFIX, root, followSymlinks, folder };
  }

  /**
   * After a run without faults: the bucket holds what is on disk, and beside it only what is no proof of a deletion.
   * @param hasDeleted whether deletions did not have to wait
   */
  assertComplete(hasDeleted = true): void {
    const stored = this.stored();
    const files = filesOnDisk(this.root, this.followSymlinks);
    for (const [path, content] of files) {
      if (this.isExcluded(path) || this.#doubtful.has(path)) continue;
      assert.ok(stored.has(path), `not stored: ${JSON.stringify(path)}`);
      assert.deepEqual(stored.get(path), content, `stored otherwise: ${JSON.stringify(path)}`);
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

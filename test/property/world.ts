// A directory, its backup in the fake bucket, and what must hold of the two.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { singly } from '../../lib/tree/batches.js';
import { textOf } from '../../lib/tree/bytes.js';
import { entryOf } from '../../lib/tree/entry-line.js';
import { openTree, parsed } from '../../lib/tree/tree-file.js';
import { BucketAws } from '../fakes/bucket-aws.js';
import type { Fault } from '../fakes/fault.js';
import type { Journal } from '../fakes/journal.js';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { filesOnDisk, isReallyGone } from './disk.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const SYNC = join(HERE, '../../bin/encrypted-s3-sync.js');
const KEY = 'Secret0Key1that2must3never4leak5';
const PREFIX = 'pc/docs/';
const TREE = `backup.info/runs/${PREFIX}tree.ndjson.gz`;

export interface Outcome {
  readonly code: number | null;
  readonly stderr: string;
}

export class PropertyWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'property-'));
  /** In a folder of its own: links may lead up to it. */
  readonly source = join(this.folder, 'disk/source');
  readonly #config = join(this.folder, 'config');
  readonly #aws: BucketAws;
  readonly #followSymlinks: boolean;
  readonly #clockOffset: number;

  /** @param clockOffset how much the server's clock is ahead (ms) */
  constructor(followSymlinks: boolean, clockOffset: number) {
    this.#followSymlinks = followSymlinks;
    this.#clockOffset = clockOffset;
    for (const name of ['disk/source', 'bin']) mkdirSync(join(this.folder, name), { recursive: true });
    this.#aws = new BucketAws(this.folder);
    writeFileSync(join(this.folder, 'bin/aws'), `#!/bin/sh\nexec ${this.#aws.resident.command} "$@"\n`);
    writeFileSync(join(this.folder, 'bin/logger'), '#!/bin/sh\nexec cat >/dev/null\n');
    for (const name of ['aws', 'logger']) chmodSync(join(this.folder, 'bin', name), 0o755);
    const settings = {
      AWS_REGION: 'us-east-1',
      AWS_BUCKET: 'bucket',
      AWS_RETENTION_DAYS: '30',
      LOCAL_DIR: this.source,
      LOCAL_LOCK: join(this.folder, 'lock'),
      REMOTE_DIR_PREFIX: 'pc/docs',
      FOLLOW_SYMLINKS: followSymlinks ? 'yes' : 'no',
      ENCRYPTION_KEY: KEY,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(this.#config, lines.join(''), { mode: 0o600 });
  }

  get #journal(): Journal {
    return this.#aws.journal;
  }

  remove(): void {
    this.#aws.resident.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async sync(fault?: Fault): Promise<Outcome> {
    this.#aws.faults.set(fault);
    const command = [...WITHOUT_ROOTS_RIGHTS, process.execPath, SYNC, '--wait', '20', '--allow-mass-delete'];
    const [program = '', ...args] = [...command, this.#config];
    const child = spawn(program, args, {
      env: {
        HOME: this.folder,
        PATH: `${join(this.folder, 'bin')}:${process.env['PATH']}`,
        FAKE_CLOCK_OFFSET: `${this.#clockOffset}`,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stderr };
  }

  /** The current files of the backup, by path. */
  stored(): Map<string, Buffer> {
    const files = [...this.#journal.current().values()].filter(({ key }) => key.startsWith(PREFIX));
    return new Map(files.map(({ key, body }) => [key.slice(PREFIX.length), body]));
  }

  /** Behind the back of the backup: an object is taken away, cut short, or put where there is no file. */
  meddle(how: 'remove' | 'cut' | 'put', path: string): void {
    const body = { remove: undefined, cut: Buffer.from('cut short'), put: Buffer.from('stray') }[how];
    this.#journal.add(PREFIX + path, body, body && 'somebody');
  }

  /** No object that was there is missing, unless its file is proven gone. */
  assertNothingLost(before: ReadonlyMap<string, Buffer>): void {
    const now = this.stored();
    for (const path of before.keys())
      assert.ok(
        now.has(path) || isReallyGone(this.source, path, this.#followSymlinks),
        `lost: ${JSON.stringify(path)}`,
      );
  }

  /** What the record claims to be in the backup is there, and was when it was stored. */
  async assertRecordIsTrue(): Promise<void> {
    const versions = this.#journal.versions();
    const at = versions.findLastIndex(({ key }) => key === TREE);
    const body = versions[at]?.body;
    if (body === undefined) return;
    const file = join(this.folder, 'tree');
    writeFileSync(file, body);
    const then = new Map(versions.slice(0, at).map((version) => [version.key, version.body]));
    for await (const { key, type, inode } of singly((await openTree(file, parsed(entryOf))).entries)) {
      if (type !== 'file') continue;
      const object = then.get(PREFIX + textOf(key));
      assert.ok(object !== undefined, `claimed, but not there: ${JSON.stringify(textOf(key))}`);
      assert.equal(object.length, inode.size, `another size: ${textOf(key)}`);
    }
  }

  /** After a run without faults: the bucket holds what is on disk, and beside it only what is no proof of a deletion. */
  assertComplete(): void {
    const stored = this.stored();
    const files = filesOnDisk(this.source, this.#followSymlinks);
    for (const [path, content] of files) {
      assert.ok(stored.has(path), `not stored: ${JSON.stringify(path)}`);
      assert.deepEqual(stored.get(path), content, `stored otherwise: ${JSON.stringify(path)}`);
    }
    for (const path of stored.keys())
      assert.ok(
        files.has(path) || !isReallyGone(this.source, path, this.#followSymlinks),
        `not deleted: ${JSON.stringify(path)}`,
      );
  }
}

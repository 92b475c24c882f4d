// A directory for `encrypted-s3 init --yes` to set up a backup of.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Outcome } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

export const SENTENCE = 'seven green boats sing at night';
export const NO_STEPS = ['--skip', 'bucket', 'escrow', 'backup', 'compare'];
export const ESCROW = 'backup.info/key/data';

export class InitWorld extends BucketWorld {
  readonly written = join(this.home, '.config/encrypted-s3-backup/config');
  readonly place = ['--bucket', 'test-bucket', '--directory', this.source, '--prefix', 'pc/docs'];

  constructor(t: TestContext) {
    super(t);
    this.write('letters/a.txt', 'Dear Anna');
    this.write('notes/b.txt', 'remember');
  }

  init(flags: readonly string[] = [], input = `${SENTENCE}\n`): Promise<Outcome> {
    return this.run('encrypted-s3', ['init', '--yes', ...this.place, ...flags], { input });
  }

  get key(): string {
    return /^ENCRYPTION_KEY='(.*)'$/m.exec(readFileSync(this.written, 'utf8'))?.[1] ?? '';
  }

  /** Asserts that the bucket has the files, the record and the escrow, each with the right encryption key. */
  assertSetUp(): void {
    const hash = (key: string) => createHash('sha256').update(key).digest('hex');
    assert.deepEqual(this.stored(), ['letters/a.txt', 'notes/b.txt']);
    assert.equal(this.current('pc/docs/letters/a.txt').keyHash, hash(this.key));
    const easyKey = createHash('md5').update(SENTENCE).digest('hex');
    assert.equal(this.current(ESCROW).keyHash, hash(easyKey));
    assert.equal(
      `${this.current(ESCROW).body}`,
      `#_ORIGINAL_KEY='${this.key}' # original backup encryption key\n`,
    );
    assert.ok(this.current('backup.info/runs/pc/docs/last-run.json'));
  }
}

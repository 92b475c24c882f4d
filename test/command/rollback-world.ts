// A backup of two runs, for rollbacks to the time between them.
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Outcome } from '../fakes/sandbox.js';
import { PREFIX } from './bucket-world.js';
import { RestoreWorld } from './restore-world.js';

/** A time between the two runs, by the server's clock. */
export const AT = '5 minutes ago';
/** Puts a run ten minutes back, by the server's clock. */
export const EARLIER = { FAKE_CLOCK_OFFSET: `${-10 * 60_000}` };
export const FIRST = { 'd/changes': 'at first', 'd/goes': 'goes', stays: 'stays', other: 'at first' };

export class RollbackWorld extends RestoreWorld {
  rollBack(...args: readonly string[]): Promise<Outcome> {
    return this.run('encrypted-s3', ['rollback', this.configFile, '--at', AT, ...args]);
  }

  /** The current contents of the backup's objects, by path. */
  contents(): Record<string, string> {
    return Object.fromEntries(this.stored().map((path) => [path, `${this.current(PREFIX + path).body}`]));
  }

  /** The versions of a key, the oldest first; `-` for a delete marker. */
  versionsOf(key: string): string[] {
    const versions = this.bucket.versions().filter((version) => version.key === key);
    return versions.map(({ body }) => (body === undefined ? '-' : `${body}`));
  }

  async restored(): Promise<Record<string, string>> {
    const { code, stderr } = await this.restore(['--overwrite']);
    assert.equal(code, 0, stderr);
    const files = readdirSync(this.to, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    return Object.fromEntries(paths.map((it) => [it.slice(this.to.length + 1), readFileSync(it, 'utf8')]));
  }
}

/** A backup of two runs; after the first, a file changed, one was removed, and one was added. */
export async function twoRuns(t: TestContext, others: readonly string[] = []): Promise<RollbackWorld> {
  const world = new RollbackWorld(t);
  for (const [path, content] of Object.entries(FIRST)) world.write(path, content);
  for (const path of others) world.write(path, 'x');
  for (const path of ['d/changes', 'other']) chmodSync(join(world.source, path), 0o640);
  const first = await world.sync([], EARLIER);
  assert.equal(first.code, 0, first.stderr);
  for (const path of ['d/changes', 'other']) {
    world.write(path, 'by now', new Date());
    chmodSync(join(world.source, path), 0o600);
  }
  world.write('d/new', 'new', new Date());
  world.remove('d/goes');
  await world.backUp();
  assert.deepEqual(world.stored(), [...others, 'd/changes', 'd/new', 'other', 'stays'].sort());
  return world;
}

// A backup with runs of several days: made by telling the bucket when it stored them, not by waiting.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { BucketWorld } from './bucket-world.js';

const DAY = 86_400_000;

/** Three runs: yesterday's, today's, and the last one, in which only a mode changed. */
export async function threeRuns(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'letters/Frau Müller.txt', 'letters/old']) world.write(path, 'content');
  symlinkSync('a', join(world.source, 'link'));
  assert.equal((await world.sync()).code, 0);
  storedBefore(world, 2 * DAY);
  world.write('letters/Frau Müller.txt', 'changed content');
  world.write('new', 'x');
  world.remove('letters/old');
  assert.equal((await world.sync()).code, 0);
  storedBefore(world, DAY);
  world.write('a', 'content', new Date());
  assert.equal((await world.sync()).code, 0);
  return world;
}

/** Has the bucket tell that the last run stored its record and tree that long (ms) before it did. */
function storedBefore(world: BucketWorld, before: number): void {
  for (const version of world.bucket.versions()) {
    if (version.key.startsWith('backup.info/runs/') && version.time > Date.now() - DAY / 2)
      Object.assign(version, { time: version.time - before });
  }
}

/** Asks `encrypted-s3` with the config. @returns the lines of standard output */
export async function ask(world: BucketWorld, ...words: string[]): Promise<string[]> {
  const [command = '', ...rest] = words;
  const args = [command, '--config', world.configFile, ...rest];
  const { code, stdout, stderr } = await world.runAgain('encrypted-s3', args);
  assert.equal(code, 0, stderr);
  return stdout.split('\n').slice(0, -1);
}

// A backup with runs on several days, whose times are changed in the fake bucket.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { BucketWorld } from './bucket-world.js';

const DAY = 86_400_000;

/** A backup of three runs: yesterday's, today's, and a last one in which only a mode changed. */
export async function threeRuns(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'letters/Frau Müller.txt', 'letters/old']) world.write(path, 'content');
  symlinkSync('a', join(world.source, 'link'));
  assert.equal((await world.sync()).code, 0);
  makeRunOlder(world, 2 * DAY);
  world.write('letters/Frau Müller.txt', 'changed content');
  world.write('new', 'x');
  world.remove('letters/old');
  assert.equal((await world.sync()).code, 0);
  makeRunOlder(world, DAY);
  world.write('a', 'content', new Date());
  assert.equal((await world.sync()).code, 0);
  return world;
}

/** Makes the last run's record and tree in the bucket `before` ms older. */
export function makeRunOlder(world: BucketWorld, before: number): void {
  for (const version of world.bucket.versions()) {
    if (version.key.startsWith('backup.info/runs/') && version.time > Date.now() - DAY / 2)
      Object.assign(version, { time: version.time - before });
  }
}

/** Runs `encrypted-s3` with the config. @returns the lines of standard output */
export async function ask(world: BucketWorld, ...words: string[]): Promise<string[]> {
  const [command = '', ...rest] = words;
  const args = [command, '--config', world.configFile, ...rest];
  const { code, stdout, stderr } = await world.runUnprivileged('encrypted-s3', args);
  assert.equal(code, 0, stderr);
  return stdout.split('\n').slice(0, -1);
}

// A run uploads and deletes only what has changed, by name.
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX } from './bucket-world.js';

/** Runs a backup. @returns the service and operation of each call */
async function callsOfRun(world: BucketWorld): Promise<string[]> {
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  return world.awsCalls().map((call) => / (s3(?:api)? \S+)/.exec(call)?.[1] ?? call);
}

async function syncedWorld(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  for (const path of ['d/f', 'g']) world.write(path, path);
  assert.ok((await callsOfRun(world)).includes('s3 sync'));
  return world;
}

test('a run in which nothing changed makes seven calls, each of which proves something', async (t) => {
  const world = await syncedWorld(t);
  assert.deepEqual((await callsOfRun(world)).sort(), [
    's3 cp', // the record of the last run
    's3 cp', // a random file with the key
    's3 cp', // the new record and tree
    's3api get-object', // the file without the key
    's3api get-object', // the file with a wrong key
    's3api list-objects-v2', // the backup
    's3api list-objects-v2', // the escrowed key
  ]);
});

test('a run uploads changed files and deletes gone ones by name, once, and nothing else', async (t) => {
  const world = await syncedWorld(t);
  const changes: Record<string, [() => void, readonly string[]]> = {
    'a new file': [() => world.write('new', 'new'), ['new']],
    'a changed file': [() => world.write('g', 'G'), ['g']],
    'a removed file': [() => world.remove('new'), ['-new']],
    'a renamed folder': [() => renameSync(join(world.source, 'd'), join(world.source, 'e')), ['e/f', '-d/f']],
    'a deleted object': [() => world.bucket.add(`${PREFIX}g`, undefined), ['g']],
    'an object of somebody else': [() => world.put(`${PREFIX}foreign`, 'x', KEY), ['-foreign']],
  };
  for (const [what, [change, expected]] of Object.entries(changes)) {
    change();
    for (const changed of [expected, []]) {
      const count = world.bucket.versions().length;
      assert.ok(!(await callsOfRun(world)).includes('s3 sync'), what);
      assert.deepEqual(world.changesSince(count), changed, what);
    }
  }
  assert.deepEqual(world.stored(), ['e/f', 'g']);
});

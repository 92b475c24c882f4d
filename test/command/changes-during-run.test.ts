import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { BucketWorld, PREFIX, TREE, UPLOAD } from './bucket-world.js';

const pathsInTree = (world: BucketWorld) =>
  gunzipSync(world.current(TREE).body)
    .toString()
    .split('\n')
    .flatMap((line) => (line.startsWith('{"path"') ? [(JSON.parse(line) as { path: string }).path] : []));

test('a file that vanishes while it is uploaded does not stop the run', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['f', 'g', 'stays']) world.write(path, 'before');
  assert.equal((await world.sync()).code, 0);
  for (const path of ['f', 'g']) world.write(path, 'after!');
  world.onFirstCall(UPLOAD, `rm '${join(world.source, 'f')}'`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.deepEqual(pathsInTree(world), ['g', 'stays']);
  assert.equal(world.current(`${PREFIX}g`).body.toString(), 'after!');
});

for (const [how, upload] of [
  ['by aws s3 sync', '*" s3 sync "*'],
  ['by its name', UPLOAD],
] as const) {
  test(`a file that changes after the walk and while it is uploaded ${how} is sent again`, async (t) => {
    const world = new BucketWorld(t);
    for (const path of ['f', 'stays']) world.write(path, 'before');
    if (upload === UPLOAD) assert.equal((await world.sync()).code, 0);
    const file = join(world.source, 'f');
    world.write('f', 'changed');
    const during = `printf during > '${file}'; touch -d '+3 hours' '${file}'`;
    world.onFirstCall(upload, `${during}; ${world.aws}; printf 'after!' > '${file}'; exit 0`);
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    assert.equal(world.current(`${PREFIX}f`).body.toString(), 'after!');
  });
}

test('a LOCAL_DIR that becomes another folder during the walk ends the run with exit code 4, and nothing is deleted', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['f', 'g', 'stays']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  // Without a copy of the tree, the scan first downloads the record.
  rmSync(world.treeCopy);
  const [mounted, aside] = [world.source, join(world.folder, 'aside')];
  // The disk is unmounted, and its mount point holds one file.
  world.onCall(
    '*last-run.json*',
    `mv '${mounted}' '${aside}'; mkdir '${mounted}'; cp -p '${aside}/stays' '${mounted}'`,
  );
  const { code, stderr } = await world.sync();
  assert.equal(code, 4, stderr);
  assert.match(stderr, /is no longer the folder/);
  assert.deepEqual(world.stored(), ['f', 'g', 'stays']);
});

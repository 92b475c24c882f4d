// A file that is moved before or during a run keeps its object until the bucket holds it under its new name.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BucketWorld, PREFIX, UPLOAD } from './bucket-world.js';

/** A backup of these files, and a function that resolves paths below its source. */
async function syncedWorld(t: TestContext, paths: readonly string[]) {
  const world = new BucketWorld(t);
  for (const path of paths) world.write(path, path);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  return { world, at: (path: string) => join(world.source, path) };
}

/** Asserts that after the next run the bucket holds exactly these paths. */
async function assertNextRunStores(world: BucketWorld, paths: readonly string[]): Promise<void> {
  world.onCall();
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.stored(), paths);
}

test('a file that is renamed after its upload, while another one is sent again, keeps its object', async (t) => {
  const { world, at } = await syncedWorld(t, ['a', 'x', 'z']);
  world.write('x', 'x, changed');
  world.write('z', 'z, changed');
  world.onFirstCall(UPLOAD, `${world.aws}; mv '${at('x')}' '${at('b')}'; echo again > '${at('z')}'; exit 0`);
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['a', 'x', 'z']);
  await assertNextRunStores(world, ['a', 'b', 'z']);
});

test('a folder that is renamed during a first run keeps its objects', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'photos/1', 'photos/2', 'z']) world.write(path, path);
  const [photos, pictures, z] = ['photos', 'pictures', 'z'].map((it) => join(world.source, it));
  world.onCall('*" s3 sync "*', `${world.aws}; mv '${photos}' '${pictures}'; echo again > '${z}'; exit 0`);
  await world.sync();
  assert.deepEqual(world.stored(), ['a', 'photos/1', 'photos/2', 'z']);
  await assertNextRunStores(world, ['a', 'pictures/1', 'pictures/2', 'z']);
});

test('a disk that is unmounted during a first run keeps its objects', async (t) => {
  const world = new BucketWorld(t);
  for (let number = 0; number < 30; number += 1) world.write(`usb/${number}`, `${number}`);
  for (let number = 0; number < 31; number += 1) world.write(`z/${number}`, `${number}`);
  const [usb, z] = ['usb', 'z/1'].map((path) => join(world.source, path));
  const unmount = `mv '${usb}' '${world.folder}/unmounted'; mkdir '${usb}'`;
  world.onCall('*" s3 sync "*', `${world.aws}; ${unmount}; echo again > '${z}'; exit 0`);
  await world.sync();
  assert.equal(world.stored().length, 61);
});

test('a file that appears after the walk, is uploaded and then renamed keeps its object', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'z']) world.write(path, path);
  const [n, m] = ['n', 'm'].map((path) => join(world.source, path));
  world.onCall('*" s3 sync "*', `echo n > '${n}'; ${world.aws}; mv '${n}' '${m}'; exit 0`);
  await world.sync();
  assert.deepEqual(world.stored(), ['a', 'n', 'z']);
  await assertNextRunStores(world, ['a', 'm', 'z']);
});

test('a file that is renamed to a name which cannot be stored keeps its object', async (t) => {
  const { world, at } = await syncedWorld(t, ['photos/1', 'photos/2', 'keep', 'unreadable']);
  const name = Buffer.from(`${world.source}/ph\xf6tos`, 'latin1');
  renameSync(at('photos'), name);
  for (const flags of [['--dry-run'], []]) {
    const { code, stderr } = await world.sync(flags);
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /WARNING: (Not deleting|Would not delete) 2 objects whose files are gone: 1 place is not in the bucket: unreadable, or/,
    );
    assert.deepEqual(world.stored(), ['keep', 'photos/1', 'photos/2', 'unreadable']);
  }
  renameSync(name, at('pictures'));
  await assertNextRunStores(world, ['keep', 'pictures/1', 'pictures/2', 'unreadable']);
});

test('a file that may have been moved to an unreadable folder keeps its object', async (t) => {
  const { world, at } = await syncedWorld(t, ['f', 'keep']);
  for (const closed of ['new', 'new/f']) {
    mkdirSync(at('new'), { recursive: true });
    renameSync(at('f'), at('new/f'));
    chmodSync(at(closed), 0);
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /WARNING: Not deleting 1 object whose file is gone: 1 place is not in the bucket: unreadable/,
    );
    assert.deepEqual(world.stored(), ['f', 'keep']);
    chmodSync(at(closed), 0o755);
    renameSync(at('new/f'), at('f'));
  }
});

test('a file that cannot be read, but is in the bucket, keeps no other object, whereas a folder does', async (t) => {
  const { world, at } = await syncedWorld(t, ['closed/f', 'gone', 'moved', 'unreadable', 'z']);
  world.remove('gone');
  chmodSync(at('unreadable'), 0);
  assert.equal((await world.sync()).code, 3);
  assert.deepEqual(world.stored(), ['closed/f', 'moved', 'unreadable', 'z']);
  // The web console makes such objects for folders.
  world.put(`${PREFIX}closed/`, '');
  renameSync(at('moved'), at('closed/moved'));
  chmodSync(at('closed'), 0);
  const { code, stderr } = await world.sync();
  chmodSync(at('closed'), 0o755);
  assert.equal(code, 3, stderr);
  assert.match(
    stderr,
    /WARNING: Not deleting 1 object whose file is gone: 1 place is not in the bucket: unreadable/,
  );
  assert.deepEqual(world.stored(), ['closed/', 'closed/f', 'moved', 'unreadable', 'z']);
});

for (const how of ['of which the last tree knows nothing', 'that the file was copied over']) {
  test(`a file that may be behind an unreadable name keeps its object: a name ${how}`, async (t) => {
    const { world, at } = await syncedWorld(t, ['keep', 'new', 'old']);
    if (how.startsWith('that')) {
      appendFileSync(at('new'), readFileSync(at('old')));
      rmSync(at('old'));
    } else {
      rmSync(at('new'));
      assert.equal((await world.sync()).code, 0);
      world.put(`${PREFIX}new`, 'of somebody else');
      renameSync(at('old'), at('new'));
    }
    chmodSync(at('new'), 0);
    for (const flags of [['--full'], []]) {
      const { code, stderr } = await world.sync(flags);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /WARNING: Not deleting 1 object whose file is gone: 1 place is not in the bucket/);
      assert.deepEqual(world.stored(), ['keep', 'new', 'old']);
    }
    chmodSync(at('new'), 0o644);
    await assertNextRunStores(world, ['keep', 'new']);
  });
}

for (const { what, isMoved, kept } of [
  { what: 'a file that replaced one that could not be uploaded', isMoved: true, kept: ['old'] },
  {
    what: 'a file that changes during each upload, such as a log, lets a full run delete',
    isMoved: false,
    kept: [],
  },
]) {
  test(`${what}${isMoved ? ' keeps its object' : ''}`, async (t) => {
    const { world, at } = await syncedWorld(t, ['keep', 'new', 'old']);
    if (isMoved) renameSync(at('old'), at('new'));
    else world.remove('old');
    appendFileSync(at('new'), 'changed');
    world.onCall(UPLOAD, `echo again >> '${at('new')}'; exec ${world.aws}`);
    const { code, stderr } = await world.sync(['--full']);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /new" is not in the backup as it is: it changed while it was uploaded/);
    assert.deepEqual(world.stored(), ['keep', 'new', ...kept]);
    await assertNextRunStores(world, ['keep', 'new']);
  });
}

test('if links lead in circles, a second walk finds a file that has appeared', async (t) => {
  const world = new BucketWorld(t);
  world.config({ FOLLOW_SYMLINKS: 'yes' });
  for (const path of ['keep', 'x', 'z']) world.write(path, path);
  symlinkSync('.', join(world.source, 'loop'));
  assert.equal((await world.sync()).code, 0);
  world.remove('x');
  world.write('z', 'z, changed');
  // The file appears under a name that the first walk has passed, as if it were moved during the walk.
  world.onCall(UPLOAD, `echo x > '${join(world.source, 'b')}'`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /WARNING: Not deleting 1 object .* 1 file is not in the bucket as it is now\./);
  assert.deepEqual(world.stored(), ['keep', 'x', 'z']);
  await assertNextRunStores(world, ['b', 'keep', 'z']);
});

test('the AWS CLI is not run on a LOCAL_DIR in which it would walk a folder that is left out', async (t) => {
  const world = new BucketWorld(t);
  world.config({ FOLLOW_SYMLINKS: 'yes' });
  appendFileSync(world.configFile, "EXCLUDE=('out/*' 'loop/*')\n");
  for (const path of ['f', 'out/f']) world.write(path, path);
  symlinkSync('.', join(world.source, 'loop'));
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /loop/);
  assert.deepEqual(world.stored(), ['f']);
  assert.ok(!world.awsCalls().some((call) => call.includes(' s3 sync ')));
});

test('the run after one in which a disk with most of the files was unmounted stops with exit code 4', async (t) => {
  const { world, at } = await syncedWorld(t, ['z']);
  for (let number = 0; number < 30; number += 1) world.write(`usb/${number}`, `${number}`);
  world.write('z', 'z, changed');
  const unmount = `mv '${at('usb')}' '${world.folder}/unmounted'; mkdir '${at('usb')}'`;
  // The disk is unmounted after all uploads.
  world.onFirstCall('*list-objects-v2*pc/docs*', unmount);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.equal(world.stored().length, 31);
  const count = world.bucket.versions().length;
  assert.equal((await world.sync()).code, 4);
  assert.equal(world.bucket.versions().length, count);
});

// The first upload is one `aws s3 sync` only where that uploads exactly the scanned files.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BucketWorld, PREFIX } from './bucket-world.js';

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

/** Conditions under which the first upload goes by name; each function establishes one. */
const REASONS_TO_UPLOAD_BY_NAME: Readonly<Record<string, (world: BucketWorld) => void>> = {
  'the prefix is not empty': (world) => {
    world.makeBucket();
    world.put(`${PREFIX}other`, 'x');
  },
  'EXCLUDE is set, even if it matches nothing': (world) =>
    appendFileSync(world.configFile, "EXCLUDE=('nothing')\n"),
  'EXCLUDE_CACHES is set': (world) => void world.config({ EXCLUDE_CACHES: 'yes' }),
  'EXCLUDE_IF_PRESENT is set': (world) => void world.config({ EXCLUDE_IF_PRESENT: '.nobackup' }),
  'EXCLUDE_LARGER_THAN is set': (world) => void world.config({ EXCLUDE_LARGER_THAN: '1G' }),
  'ONE_FILE_SYSTEM is set': (world) => void world.config({ ONE_FILE_SYSTEM: 'yes' }),
  'links are followed': (world) => void world.config({ FOLLOW_SYMLINKS: 'yes' }),
  'others can write to a folder': (world) => chmodSync(join(world.source, 'd'), 0o777),
  'others can write to LOCAL_DIR': (world) => chmodSync(world.source, 0o777),
  'others can replace LOCAL_DIR': (world) => {
    const open = join(world.folder, 'open');
    mkdirSync(join(open, 'source/d'), { recursive: true });
    chmodSync(open, 0o777);
    world.config({ LOCAL_DIR: join(open, 'source') });
    world.write('../open/source/d/f', 'f');
  },
  ...(isRoot
    ? { 'a folder belongs to somebody else': (world) => chownSync(join(world.source, 'd'), NOBODY, NOBODY) }
    : {}),
};

/** Makes the first run. @returns its calls that upload files */
async function firstUpload(world: BucketWorld): Promise<string[]> {
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.ok(world.stored().includes('d/f'));
  return world.awsCalls().filter((it) => / s3 sync |\/links\S* s3:\S+ --recursive /.test(it));
}

test('over an empty prefix, the first upload is one aws s3 sync without --exclude', async (t) => {
  const world = new BucketWorld(t);
  world.write('d/f', 'f');
  const calls = await firstUpload(world);
  assert.equal(calls.length, 1);
  assert.match(`${calls}`, / s3 sync /);
  assert.doesNotMatch(`${calls}`, /--exclude|--delete/);
});

for (const [why, change] of Object.entries(REASONS_TO_UPLOAD_BY_NAME)) {
  test(`the first upload goes by name if ${why}`, async (t) => {
    const world = new BucketWorld(t);
    world.write('d/f', 'f');
    change(world);
    const calls = await firstUpload(world);
    assert.doesNotMatch(`${calls}`, / s3 sync /);
    assert.equal(calls.length, 1);
  });
}

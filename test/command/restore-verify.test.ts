// `restore --verify` compares the restored files with the bucket.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { crcOf } from '../../lib/tree/streams/crc.js';
import { BucketWorld, PREFIX } from './bucket-world.js';

const LARGE = 'x'.repeat(2 << 20);

async function backedUp(t: TestContext): Promise<{ world: BucketWorld; to: string }> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'd/b']) world.write(path, `content of ${path}`);
  world.write('large', LARGE);
  assert.equal((await world.sync()).code, 0);
  return { world, to: join(world.folder, 'to') };
}

function restore(world: BucketWorld, ...words: string[]) {
  return world.runUnprivileged('encrypted-s3', [
    'restore',
    '--config',
    world.configFile,
    '--verify',
    ...words,
  ]);
}

/** Makes the server report checksums for these contents. */
async function reportChecksums(
  world: BucketWorld,
  checksums: Readonly<Record<string, string>>,
): Promise<void> {
  world.bucket.checksumsOf = (body) => {
    const value = checksums[body.toString()];
    return value === undefined ? {} : { ChecksumType: 'FULL_OBJECT', ChecksumCRC64NVME: value };
  };
}

test('--verify downloads all files again if the bucket has no checksums', async (t) => {
  const { world, to } = await backedUp(t);
  const { code, stderr } = await restore(world, to);
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /Verified 3 files: 0 by checksums of the bucket, 3 by reading them again\.\nSuccess\./,
  );
});

test('--verify compares a large file by its checksum in the bucket', async (t) => {
  const { world, to } = await backedUp(t);
  await reportChecksums(world, { [LARGE]: await crcOf('CRC64NVME', [Buffer.from(LARGE)]) });
  const { code, stderr } = await restore(world, to);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Verified 3 files: 1 by checksums of the bucket, 2 by reading them again\./);
  const file = await restore(world, 'large', join(world.folder, 'one'));
  assert.match(file.stderr, /Verified by the bucket's checksum\.\nSuccess\./);
});

test('a file that differs is named, with exit code 6', async (t) => {
  const { world, to } = await backedUp(t);
  await reportChecksums(world, { [LARGE]: await crcOf('CRC64NVME', [Buffer.from('other')]) });
  const { code, stderr, stdout } = await restore(world, to);
  assert.equal(code, 6, stderr);
  assert.match(stderr, /ERROR: "large" is not what the bucket holds\./);
  assert.match(stderr, /Verified 2 files/);
  assert.doesNotMatch(stderr + stdout, /Success/);
  const target = join(world.folder, 'one');
  const file = await restore(world, 'large', target);
  assert.deepEqual([file.code, existsSync(target)], [6, false]);
  assert.match(file.stderr, /The file is not what the bucket holds/);
});

test('an object that somebody replaces meanwhile does not pass for a difference, and the exit code is 3', async (t) => {
  const { world, to } = await backedUp(t);
  const { keyHash } = world.current(`${PREFIX}large`);
  let isReplaced = false;
  world.bucket.checksumsOf = (body) => {
    if (body.toString() !== LARGE || isReplaced) return {};
    isReplaced = true;
    world.bucket.add(`${PREFIX}large`, Buffer.from('other'), keyHash, Date.now() + 5000);
    return { ChecksumType: 'FULL_OBJECT', ChecksumCRC64NVME: 'AAAAAAAAAAA=' };
  };
  const { code, stderr } = await restore(world, to);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /"large" could not be compared with the bucket: it has been replaced/);
  assert.doesNotMatch(stderr, /Success/);
});

test('--verify finds a file that only seems to be in the destination already', async (t) => {
  const { world, to } = await backedUp(t);
  assert.equal((await restore(world, to)).code, 0);
  const longAgo = new Date('2020-02-02T02:02:02Z');
  writeFileSync(join(to, 'a'), 'CONTENT of a');
  utimesSync(join(to, 'a'), longAgo, longAgo);
  const { code, stderr } = await restore(world, to);
  assert.equal(code, 6);
  assert.match(stderr, /ERROR: "a" is not what the bucket holds\.\nHINT: Remove it, and restore it again/);
  const one = await restore(world, 'a', join(to, 'a'));
  assert.equal(one.code, 6);
  assert.match(one.stderr, /is there already.*\n.*is not what the bucket holds.*\n.*with --overwrite/);
  assert.equal((await restore(world, '--overwrite', 'a', join(to, 'a'))).code, 0);
  assert.match((await restore(world, 'a', join(to, 'a'))).stderr, /Verified by reading it again/);
});

test('--verify compares a file of an earlier time with the version of that time', async (t) => {
  const { world, to } = await backedUp(t);
  for (const version of world.bucket.versions()) Object.assign(version, { time: version.time - 86_400_000 });
  world.write('a', 'changed');
  assert.equal((await world.sync()).code, 0);
  const { code, stderr } = await restore(world, '--at', '1h ago', to);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Verified 3 files/);
  const file = await restore(world, '--at', '1h ago', 'a', join(world.folder, 'one'));
  assert.match(file.stderr, /Verified by reading it again\./);
});

test('--verify is refused with standard output and with a dry run', async (t) => {
  const { world, to } = await backedUp(t);
  mkdirSync(to);
  assert.match((await restore(world, 'a', '-')).stderr, /--verify reads a restored file/);
  assert.match(
    (await restore(world, '--dry-run', to)).stderr,
    /'--verify' cannot be used with .*'--dry-run'/,
  );
});

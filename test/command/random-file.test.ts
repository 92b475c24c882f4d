// The verification picks a random file, and of a large file a random part.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX } from './bucket-world.js';

const MIB = 2 ** 20;
const LIMIT = 64 * MIB;

function verified(world: BucketWorld): string[] {
  return world.syslog().flatMap((line) => /<14>Verified (.*)\.$/.exec(line)?.[1] ?? []);
}

/** Content in which no two blocks are alike. */
function content(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += MIB) bytes.writeUInt32BE(at, Math.min(at, size - 4));
  return bytes;
}

test('the verified file is not always the first by its name', async (t) => {
  const world = new BucketWorld(t);
  for (let number = 0; number < 8; number += 1) world.write(`f${number}`, `${number}`);
  // The probability that all 40 runs pick the same file is below 10^-30.
  for (let run = 0; run < 40 && new Set(verified(world)).size < 2; run += 1)
    assert.equal((await world.sync()).code, 0);
  assert.equal(new Set(verified(world)).size, 2);
});

test('a file of 64 MiB is compared as a whole', async (t) => {
  const world = new BucketWorld(t);
  writeFileSync(join(world.source, 'image'), content(LIMIT));
  for (const how of ['when it is new', 'when it is known']) {
    assert.equal((await world.sync()).code, 0, how);
    assert.equal(verified(world).at(-1), `"${world.source}/image"`);
    assert.ok(world.awsCalls().some((call) => call.includes(` s3 cp s3://test-bucket/${PREFIX}image - `)));
  }
});

test('of a larger file, a random part is read, and no more than a byte without the key', async (t) => {
  const world = new BucketWorld(t);
  const size = LIMIT + 5 * MIB + 3;
  writeFileSync(join(world.source, 'image'), content(size));
  const parts = new Set<string>();
  // The probability that all 60 runs pick the same of five parts is below 10^-40.
  for (let run = 0; run < 60 && parts.size < 2; run += 1) {
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    const [, first, last] = /^bytes (\d+) to (\d+) of ".*\/image"$/.exec(verified(world).at(-1) ?? '') ?? [];
    assert.equal(Number(first) % (16 * MIB), 0);
    assert.ok(Number(last) === size - 1 || Number(last) === Number(first) + 16 * MIB - 1);
    parts.add(`${first}`);
    const reads = world.awsCalls().filter((call) => call.includes(`${PREFIX}image`));
    const ranges = reads.map((call) => /--range=bytes=(\S+)/.exec(call)?.[1]);
    assert.deepEqual(ranges.sort(), ['0-0', '0-0', `${first}-${last}`].sort());
  }
  assert.equal(parts.size, 2);
});

test('a part that differs ends the run with exit code 6', async (t) => {
  const world = new BucketWorld(t);
  const bytes = content(LIMIT + 1);
  writeFileSync(join(world.source, 'image'), bytes);
  assert.equal((await world.sync()).code, 0);
  // Changes the last byte of each part.
  for (let at = 16 * MIB - 1; at < bytes.length; at += 16 * MIB) bytes[at] = 1;
  bytes[bytes.length - 1] = 1;
  world.put(`${PREFIX}image`, bytes, KEY);
  const { code, stderr } = await world.sync();
  assert.equal(code, 6);
  assert.match(
    stderr,
    /checksum mismatch: s3:\/\/test-bucket\/pc\/docs\/image differs from bytes \d+ to \d+ of "/,
  );
});

test('an empty file, which has no byte to ask for, is verified', async (t) => {
  const world = new BucketWorld(t);
  world.write('empty', '');
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(verified(world), [`"${world.source}/empty"`]);
  assert.deepEqual(
    world.awsCalls().filter((call) => call.includes('--range') && call.includes(PREFIX)),
    [],
  );
});

test('a file behind a link that is followed is verified', async (t) => {
  const world = new BucketWorld(t);
  world.config({ FOLLOW_SYMLINKS: 'yes' });
  const elsewhere = join(world.folder, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'file'), 'content');
  symlinkSync(join(elsewhere, 'file'), join(world.source, 'link'));
  assert.equal((await world.sync()).code, 0);
  // A file that changed right before a run is verified only in the next one.
  assert.equal((await world.sync()).code, 0);
  assert.equal(verified(world).at(-1), `"${world.source}/link"`);
});

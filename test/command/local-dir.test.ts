import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { escrowFound, keyIsRight, listing, noRecord, recordMissing, recordStored } from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX } from './bucket-world.js';

test('a run with an empty, missing or wrong LOCAL_DIR is refused with exit code 4 and deletes nothing', async (t) => {
  const box = new Sandbox(t);
  const config = box.config();
  box.expect([escrowFound, noRecord, listing({ 'a/b': 'b' }), keyIsRight]);
  const empty = await box.run('encrypted-s3-sync', [config]);
  assert.equal(empty.code, 4);
  assert.match(
    empty.stderr,
    /has no files that can be read, but the backup has 1: they would be deleted\..*Gone: "a\/b"\./s,
  );
  box.calls();

  box.expect([]);
  rmSync(box.source, { recursive: true });
  const missing = await box.run('encrypted-s3-sync', [config]);
  assert.equal(missing.code, 4);
  assert.match(missing.stderr, /does not exist/);
  writeFileSync(box.source, '');
  const file = await box.run('encrypted-s3-sync', [config]);
  assert.equal(file.code, 4);
  assert.match(file.stderr, /is not a directory/);
  box.calls();
});

test('a LOCAL_DIR that is a link means its target', async (t) => {
  const world = new BucketWorld(t);
  world.write('a', 'a');
  symlinkSync(world.source, join(world.folder, 'link'));
  world.config({ LOCAL_DIR: join(world.folder, 'link') });
  const first = await world.sync();
  assert.equal(first.code, 0, first.stderr);
  assert.ok(world.awsCalls().some((it) => it.includes(` s3 sync ${world.source} `)));
  world.write('a', 'changed');
  world.write('b', 'b');
  const second = await world.sync();
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(world.stored(), ['a', 'b']);
  assert.equal(world.current(`${PREFIX}a`).body.toString(), 'changed');
});

test('an empty LOCAL_DIR is accepted while the bucket holds nothing but the escrowed key', async (t) => {
  const box = new Sandbox(t);
  const escrow = listing({ 'backup.info/key/data': 'x' }, '');
  box.expect([escrowFound, recordMissing(''), { ...escrow, times: 2 }, recordStored]);
  assert.equal((await box.run('encrypted-s3-sync', [box.config({ REMOTE_DIR_PREFIX: '' })])).code, 0);
  box.calls();
});

test('without a prefix, a local backup.info is refused', async (t) => {
  const box = new Sandbox(t);
  box.write('backup.info/x', 'x');
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config({ REMOTE_DIR_PREFIX: '' })]);
  assert.equal(code, 4);
  assert.match(stderr, /backup\.info\/ is reserved/);
  box.calls();
});

test('`..` after a link is resolved as the kernel does, in LOCAL_DIR, LOCAL_LOCK and LOCAL_LIST', async (t) => {
  const world = new BucketWorld(t);
  const inner = join(world.folder, 'elsewhere/inner');
  mkdirSync(inner, { recursive: true });
  symlinkSync(inner, join(world.folder, 'link'));
  mkdirSync(join(world.folder, 'elsewhere/data/cache'), { recursive: true });
  mkdirSync(join(world.folder, 'data'));
  for (const name of ['a', 'cache/b']) writeFileSync(join(world.folder, 'elsewhere/data', name), name);
  writeFileSync(join(world.folder, 'list'), 'of somebody else');
  world.config({ LOCAL_DIR: 'link/../data', LOCAL_LOCK: 'link/../lock', LOCAL_LIST: 'link/../list' });
  writeFileSync(world.configFile, "EXCLUDE=('cache/*')\n", { flag: 'a' });
  world.onCall(
    '*" s3 cp "*" s3://test-bucket/pc/docs/ "*',
    `ls -d "${world.folder}"/*.lock "${world.folder}"/elsewhere/*.lock >&2`,
  );
  for (const _ of [1, 2]) {
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
  }
  assert.deepEqual(world.stored(), ['a']);
  assert.deepEqual(readdirSync(join(world.folder, 'elsewhere')).sort(), ['data', 'inner', 'list', 'lock']);
  assert.equal(readFileSync(join(world.folder, 'list'), 'utf8'), 'of somebody else');
  assert.ok(!existsSync(join(world.folder, 'lock')));
  assert.match(world.syslog().join('\n'), /\/elsewhere\/lock\.lock/);
  assert.doesNotMatch(world.syslog().join('\n'), new RegExp(`${world.folder}/lock\\.lock`));
});

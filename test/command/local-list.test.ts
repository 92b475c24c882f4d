import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { linkOfOtherUser } from '../fakes/link-of-other-user.js';
import { escrowFound, goodRun, listing, noRecord, recordStored, s3Error } from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';

const LISTED = / {10}1 pc\/docs\/a\n\nTotal Objects: 1\n {3}Total Size: 1\n$/;

test('LOCAL_LIST gets the listing, and an older one survives a failure', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const list = join(box.folder, `the..list${'.'.repeat(240)}`);
  const config = box.config({ LOCAL_LIST: list });
  box.expect([...goodRun('a'), listing({ a: 'a' })]);
  assert.equal((await box.run('encrypted-s3-sync', [config])).code, 0);
  assert.match(readFileSync(list, 'utf8'), LISTED);
  box.calls();

  const half = { ...listing({ b: 'b' }), exitCode: 255, stderr: s3Error('500', 'ListObjectsV2', 'Sorry') };
  box.expect([...goodRun('a'), half]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [config]);
  assert.equal(code, 1);
  assert.match(stderr, /The backup is done, but LOCAL_LIST .* was not written\..*Sorry/);
  assert.match(readFileSync(list, 'utf8'), LISTED);
  assert.deepEqual(
    readdirSync(box.folder).filter((name) => name.includes('-list-')),
    [],
  );
});

test('times in LOCAL_LIST are in the zone of TZ, which is a name or a file', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const list = join(box.folder, 'list');
  const config = box.config({ LOCAL_LIST: list });
  for (const TZ of ['Asia/Tokyo', ':/usr/share/zoneinfo/Asia/Tokyo']) {
    box.expect([...goodRun('a'), listing({ a: 'a' })]);
    assert.equal((await box.run('encrypted-s3-sync', [config], { environment: { TZ } })).code, 0);
    assert.match(readFileSync(list, 'utf8'), /^2100-01-01 09:00:00 {10}1 pc\/docs\/a\n/);
  }
});

test('LOCAL_LIST keeps its mode, but not setuid, and each name in it is one line', async (t) => {
  const box = new Sandbox(t);
  const list = join(box.folder, 'list');
  writeFileSync(list, 'older');
  chmodSync(list, 0o4750);
  const name = 'x\nroot2::0:0:::\n#';
  box.write(name, 'a');
  box.expect([...goodRun('a', name), listing({ [name]: 'a' })]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LIST: list })]);
  assert.equal(code, 0, stderr);
  assert.match(readFileSync(list, 'utf8'), / pc\/docs\/x\\nroot2::0:0:::\\n#\n\nTotal/);
  assert.equal((statSync(list).mode & 0o7777).toString(8), '750');
});

test('an empty prefix makes an empty LOCAL_LIST without an error, and a device is not replaced', async (t) => {
  const box = new Sandbox(t);
  const list = join(box.folder, 'list');
  const empty = [escrowFound, noRecord, { ...listing({}), times: 2 }, recordStored];
  box.expect([...empty, listing({})]);
  assert.equal((await box.run('encrypted-s3-sync', [box.config({ LOCAL_LIST: list })])).code, 0);
  assert.equal(readFileSync(list, 'utf8'), '\nTotal Objects: 0\n   Total Size: 0\n');

  const device = join(box.folder, 'device');
  for (const [target, code, said] of [
    ['/dev/null', 0, /: WARNING: No file of LOCAL_DIR .* is in the backup.*\n$/],
    ['/dev/full', 1, /The backup is done, but LOCAL_LIST .* is not a regular file/],
  ] as const) {
    symlinkSync(target, device);
    box.expect(empty);
    const outcome = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LIST: device })]);
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(outcome.stderr, said);
    rmSync(device);
  }
});

test('LOCAL_LIST may be the output of the run itself', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect([...goodRun('a'), listing({ a: 'a' })]);
  const outcome = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LIST: '/dev/stdout' })]);
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.match(outcome.stdout, LISTED);
});

test('LOCAL_LIST overwrites nothing through a link that somebody else could have made', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const profile = join(box.folder, 'profile');
  writeFileSync(profile, 'mine\n');
  const list = linkOfOtherUser(box.folder, profile);
  const config = box.config({ LOCAL_LIST: list });
  box.expect([...goodRun('a'), { ...listing({ a: 'a' }), optional: true }]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [config]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /The backup is done, but LOCAL_LIST ".*shared\/link" was not written\. ".*shared\/link" is a link/,
  );
  assert.match(stderr, /HINT: .*name a file in a folder that only you can write/);
  assert.equal(readFileSync(profile, 'utf8'), 'mine\n');
  box.calls();

  rmSync(list);
  box.expect([...goodRun('a'), listing({ a: 'a' })]);
  assert.equal((await box.run('encrypted-s3-sync', [config])).code, 0, 'a file is written there');
  assert.match(readFileSync(list, 'utf8'), LISTED);
});

import assert from 'node:assert/strict';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { escrowThere, goodRun, listing, noRecord, recordStored, syncDone } from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';

test('LOCAL_LIST is the listing; an older one survives a failure', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const list = join(box.folder, `the..list${'.'.repeat(240)}`);
  const config = box.config({ LOCAL_LIST: list });
  box.expect([
    ...goodRun('a'),
    { args: ['s3', 'ls', '--recursive', '--summarize', 's3://test-bucket/pc/docs/'], stdout: 'listing\n' },
  ]);
  assert.equal((await box.run('encrypted-s3-sync', [config])).code, 0);
  assert.equal(readFileSync(list, 'utf8'), 'listing\n');
  box.calls();

  const full = '[Errno 28] No space left on device\n';
  box.expect([...goodRun('a'), { args: ['s3', 'ls'], stdout: 'half', exitCode: 255, stderr: full }]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [config]);
  assert.equal(code, 1);
  assert.match(stderr, /The backup is done, but LOCAL_LIST .* was not written\..*No space left/);
  assert.equal(readFileSync(list, 'utf8'), 'listing\n');
});

test('an empty prefix gives an empty LOCAL_LIST, not an error; a device is not replaced', async (t) => {
  const box = new Sandbox(t);
  const list = join(box.folder, 'list');
  const empty = [escrowThere, noRecord, listing({}), syncDone, recordStored];
  box.expect([...empty, { args: ['s3', 'ls'], exitCode: 1, stdout: '\nTotal Objects: 0\n' }]);
  assert.equal((await box.run('encrypted-s3-sync', [box.config({ LOCAL_LIST: list })])).code, 0);
  assert.match(readFileSync(list, 'utf8'), /Total Objects: 0/);

  box.expect([...empty, { args: ['s3', 'ls'], exitCode: 1 }]);
  const silent = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LIST: list })]);
  assert.equal(silent.code, 1, 'a failure without a word is no empty list');
  assert.match(readFileSync(list, 'utf8'), /Total Objects: 0/);

  const device = join(box.folder, 'device');
  for (const [target, code, said] of [
    ['/dev/null', 0, /^.*have not backed up your encryption key.*\n$|^$/],
    ['/dev/full', 1, /The backup is done, but LOCAL_LIST .* is not a regular file/],
  ] as const) {
    symlinkSync(target, device);
    box.expect(empty);
    const outcome = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LIST: device })]);
    assert.equal(outcome.code, code);
    assert.match(outcome.stderr, said);
    rmSync(device);
  }
});

// Deletions wait, and objects are not taken for proven, although at first sight nothing is wrong.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { binOf } from '../fakes/bins.js';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX } from './bucket-world.js';

/** The calls that upload due files by name. */
const UPLOAD = `*" s3 cp "*" s3://test-bucket/${PREFIX} "*`;
const SLOW_DOWN = 'An error occurred (SlowDown) when calling the PutObject operation: Slow Down';

/** The AWS CLI's message about a failed upload. */
const uploadFailed = (path: string, why: string) =>
  `upload failed: ./${path} to s3://test-bucket/${PREFIX}${path} ${why}`;
const contentOf = (world: BucketWorld, path: string) => world.current(PREFIX + path).body.toString();

test('nothing is deleted under the old name of a renamed folder until its files have arrived', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['old/1', 'old/2', 'other']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  renameSync(join(world.source, 'old'), join(world.source, 'new'));
  const why = 'An error occurred (QuotaExceeded) when calling the PutObject operation: x';
  const failed = ['new/1', 'new/2'].map((path) => `echo "${uploadFailed(path, why)}" >&2;`).join(' ');
  world.onCall(UPLOAD, `${failed} exit 1`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.deepEqual(world.stored(), ['old/1', 'old/2', 'other']);
  assert.match(stderr, /new\/1" is not in the backup as it is: its upload failed: .*QuotaExceeded/);
  assert.match(stderr, /new\/2" is not in the backup as it is, for the same reason as ".*new\/1"\./);
  assert.match(
    stderr,
    /ERROR: Not deleting 2 objects whose files are gone: 2 files are not in the bucket as they are now\./,
  );
  world.onCall();
  const next = await world.sync();
  assert.equal(next.code, 0, next.stderr);
  assert.deepEqual(world.stored(), ['new/1', 'new/2', 'other']);
});

test('a run in which an upload failed deletes nothing, though the bucket holds an older version, and exits with code 3', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'z']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  world.remove('z');
  world.write('a', 'changed');
  world.onCall(UPLOAD, `echo '${uploadFailed('a', SLOW_DOWN)}' >&2; exit 1`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.match(
    stderr,
    /ERROR: Not deleting 1 object whose file is gone: 1 file is not in the bucket as it is now\./,
  );
  assert.deepEqual(world.stored(), ['a', 'z']);
  world.onCall();
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['a']);
});

for (const [how, held] of [
  ['by aws s3 sync', undefined],
  ['by name', 'keep'],
] as const) {
  test(`a file that is due for upload ${how} and becomes unreadable after the walk is named, with exit code 3`, async (t) => {
    const world = new BucketWorld(t);
    world.makeBucket();
    if (held !== undefined) world.put(`${PREFIX}${held}`, held, KEY);
    world.write('keep', 'keep');
    world.write('d/f', 'new');
    // The probe follows the walk and precedes all uploads.
    world.onCall('*backup.info/probe/*', `chmod 0 '${join(world.source, 'd')}'`);
    const { code, stderr } = await world.sync();
    chmodSync(join(world.source, 'd'), 0o755);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /d\/f" is not in the backup as it is: it can't be read \(permission denied\)\./);
    assert.equal(
      world.awsCalls().some((it) => it.includes(' s3 sync ')),
      held === undefined,
    );
    world.onCall();
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(world.stored(), ['d/f', 'keep']);
  });
}

test('a run uploads a file again if somebody else has replaced its object by one of the same size', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['f', 'g']) world.write(path, 'mine');
  assert.equal((await world.sync()).code, 0);
  const hour = 3_600_000;
  world.bucket.add(`${PREFIX}f`, Buffer.from('evil'), undefined, Date.now() + hour);
  const { code, stderr } = await world.sync([], { FAKE_CLOCK_OFFSET: `${2 * hour}` });
  assert.equal(code, 0, stderr);
  assert.equal(contentOf(world, 'f'), 'mine');
});

test('a file is stored again if its newest version was removed and an older one is current', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['f', 'g']) world.write(path, 'mine');
  assert.equal((await world.sync()).code, 0);
  world.bucket.add(`${PREFIX}f`, Buffer.from('then'), undefined, Date.now() - 24 * 3_600_000);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.equal(contentOf(world, 'f'), 'mine');
});

test('a file that is renamed while another one is sent again keeps its object, until its new name has one', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'x', 'z']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  for (const path of ['x', 'z'])
    world.bucket.add(`${PREFIX}${path}`, Buffer.from('!'), undefined, Date.now() - 24 * 3_600_000);
  const [x, b, z] = ['x', 'b', 'z'].map((path) => join(world.source, path));
  world.onCall(
    UPLOAD,
    `if [ -e '${x}' ]; then mv '${x}' '${b}'; fi; ${world.aws}; date +%N > '${z}'; exit 0`,
  );
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.match(stderr, /z" is not in the backup as it is: it changed while it was uploaded\./);
  assert.ok(world.stored().includes('x'), `${world.stored()}`);
  world.onCall();
  assert.equal((await world.sync()).code, 0);
  assert.deepEqual(world.stored(), ['a', 'b', 'z']);
});

test('a failed upload does not end the run, however many warnings follow it', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['f', 'g']) world.write(path, 'mine');
  assert.equal((await world.sync()).code, 0);
  world.bucket.add(`${PREFIX}f`, Buffer.from('then'), undefined, Date.now() - 24 * 3_600_000);
  const warnings =
    'for i in $(seq 30); do echo "warning: Skipping file /x/$i. File does not exist." >&2; done';
  world.onCall(UPLOAD, `echo "${uploadFailed('f', SLOW_DOWN)}" >&2; ${warnings}; exit 1`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.match(stderr, /f" is not in the backup as it is: its upload failed: .*SlowDown/);
});

for (const flag of ['--dry-run', '--json']) {
  test(`a run with ${flag} fails if its output cannot be written`, async (t) => {
    const world = new BucketWorld(t);
    world.write('f', 'f');
    const command = binOf('encrypted-s3-sync');
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [command, flag, world.configFile], {
      env: { HOME: world.home, TMPDIR: world.tmp, PATH: world.path },
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.deepEqual([code, /Can't write to standard output: no space left/.test(stderr)], [1, true]);
  });
}

test('the guard refuses a dry run if it refuses the run', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['1', '2', '3']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  for (let number = 0; number < 100; number += 1) world.put(`${PREFIX}foreign/${number}`, 'x', KEY);
  const dry = await world.sync(['--dry-run']);
  assert.equal(dry.code, 4, dry.stderr);
  assert.equal((await world.sync()).code, 4);
  assert.equal(world.stored().length, 103);
});

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectsPage } from '../fakes/listings.js';
import { s3Error } from '../fakes/replies.js';
import { KEY, type Outcome, Sandbox } from '../fakes/sandbox.js';
import type { Reply } from '../fakes/scenario.js';
import { OTHER_KEY, PREFIX } from './bucket-world.js';
import { fill, RestoreWorld } from './restore-world.js';

const COMMAND = 'encrypted-s3-download-dir';

/** A destination that does not exist. */
const TO = 'to/be/made';
const PLACE = ['default', 'eu-central-1'];

const noTree: Reply = {
  args: ['s3', 'cp', 's3://test-bucket/backup.info/runs/pc/docs/tree.ndjson.gz'],
  exitCode: 1,
  stderr: `fatal error: ${s3Error('404', 'HeadObject', 'Not Found').trim()}\n`,
};
const noTrees: Reply = { args: ['list-objects-v2', '--prefix=backup.info/runs/'], stdout: 'null\n' };

function listed(key: string, size: number): Reply {
  const stdout = objectsPage([`pc/docs/${key}`, size, '2020-01-01T00:00:00+00:00', '"etag"']);
  return { args: ['list-objects-v2', '--prefix=pc/docs/'], stdout };
}

test('a restore to a disk without the room names both numbers before it downloads or makes anything', async (t) => {
  const box = new Sandbox(t);
  box.expect([noTree, noTrees, listed('huge', 3 * 1024 ** 5), { args: ['head-object'] }]);
  const { code, stderr } = await box.run(COMMAND, ['--config', box.config(), TO]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^ERROR: ".*\/to\/be\/made" has too little space for the restore: it needs 3072\.0 TiB, and [\d.]+ [MGT]iB are free\.\nHINT: .*Nothing was written/,
  );
  assert.ok(!existsSync(join(box.folder, 'to')));
  box.calls();
});

test('SIGINT ends aws, leaves no partial file, and keeps the downloaded files in the stage', async (t) => {
  const box = new Sandbox(t);
  const transfer = { args: ['s3', 'cp', 's3://test-bucket/pc/docs/file'], delay: 20_000, onSignal: 1 };
  box.expect([noTree, noTrees, listed('file', 3), { args: ['head-object'] }, transfer]);
  let kill = () => {};
  const run = box.run(COMMAND, ['--config', box.config(), TO], {
    onStart: (child) => {
      kill = () => child.kill('SIGINT');
    },
  });
  while (!box.callsSoFar().some(({ argv }) => argv.includes(transfer.args[2] ?? ''))) await sleep(20);
  // The fake notes the call before it handles signals.
  await sleep(200);
  kill();
  const { code, stderr } = await run;
  assert.equal(code, 130);
  assert.doesNotMatch(stderr, /ERROR|Success/);
  assert.deepEqual(box.signals(), ['SIGINT']);
  const left = readdirSync(join(box.folder, TO));
  assert.ok(left.length === 1 && left[0]?.startsWith('.encrypted-s3-restore-'), `${left}`);
  assert.match(
    box.syslog().join('\n'),
    /What has arrived stays in ".*": the same restore continues from there\..*Ended by SIGINT/s,
  );
  box.calls();
});

test('a destination in a folder that this user may not write to is refused', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  const parent = join(world.home, 'closed');
  mkdirSync(parent);
  chmodSync(parent, 0o555);
  const { code, stderr } = await world.restore([], { words: [join(parent, 'to')] });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^ERROR: ".*\/closed\/to" can't be written to: permission denied\.\nHINT: Choose a destination/,
  );
  assert.deepEqual([readdirSync(parent), readFileSync(join(world.folder, 'calls'), 'utf8')], [[], '']);
});

test('another key ends with exit code 5, an empty prefix with 1, and neither makes anything', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  for (const [settings, words, code, message] of [
    [
      { ENCRYPTION_KEY: OTHER_KEY },
      [],
      5,
      /^ERROR: Download failed: s3:.*tree\.ndjson\.gz was not stored with this encryption key/,
    ],
    [
      {},
      ['no/such/folder'],
      1,
      /^ERROR: There is nothing below s3:\/\/test-bucket\/pc\/docs\/no\/such\/folder\/\.\nHINT/,
    ],
    [
      { REMOTE_DIR_PREFIX: 'no/backup' },
      [],
      1,
      /^ERROR: There is nothing below s3:\/\/test-bucket\/no\/backup\/\./,
    ],
  ] as const) {
    world.config(settings);
    const outcome = await world.restore([], { words: [...words, world.to] });
    assert.match(outcome.stderr, message);
    assert.deepEqual([outcome.code, existsSync(world.to)], [code, false]);
  }
});

test('another key without a tree ends with exit code 5 and makes nothing, even if only older versions are wanted', async (t) => {
  const world = new RestoreWorld(t);
  world.put(`${PREFIX}a`, 'now', KEY);
  const now = await refused(world);
  assert.match(
    now.stderr,
    /^ERROR: Download failed: s3:\/\/test-bucket\/pc\/docs\/a was not stored with this encryption key/,
  );

  const before = new RestoreWorld(t);
  const { keyHash } = world.current(`${PREFIX}a`);
  before.bucket.add(`${PREFIX}a`, Buffer.from('then'), keyHash, Date.parse('2015-01-01'));
  before.bucket.add(`${PREFIX}a`, undefined, undefined, Date.parse('2020-01-01'));
  await refused(before, '--at', '2016-01-01');

  async function refused(world: RestoreWorld, ...flags: string[]): Promise<Outcome> {
    world.config({ ENCRYPTION_KEY: OTHER_KEY });
    const outcome = await world.restore(flags);
    assert.deepEqual([outcome.code, existsSync(world.to)], [5, false], outcome.stderr);
    return outcome;
  }
});

test('a key that names a local file to the AWS CLI is not given to it', async (t) => {
  const world = new RestoreWorld(t);
  world.put('file:///etc/hostname', 'x', KEY);
  world.put('good', 'x', KEY);
  const words = [...PLACE, 's3://test-bucket', world.to];
  const { code, stderr } = await world.restore([], { words });
  assert.equal(code, 3);
  assert.match(stderr, /ERROR: "file:\/\/\/etc\/hostname" is not restored: its name is not/);
  assert.deepEqual(
    world.awsCalls().filter((it) => it.includes('file://')),
    [],
  );
});

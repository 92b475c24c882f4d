// `encrypted-s3 status --bucket`: the state of every backup in a bucket, from any machine.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EASY_KEY, KEY } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, RECORD } from './bucket-world.js';

async function backedUp(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'b/c']) world.write(path, 'content');
  assert.equal((await world.sync()).code, 0);
  return world;
}

test('--bucket shows each backup in a bucket without any key', async (t) => {
  const world = await backedUp(t);
  world.put('backup.info/runs/other/last-run.json', 'x', OTHER_KEY);
  const place = ['default', 'eu-central-1', 'test-bucket'];
  const { code, stdout, stderr } = await world.runUnprivileged('encrypted-s3', [
    'status',
    '--bucket',
    ...place,
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^other\/\t.*\npc\/docs\/\t2\d\d\d-.*Z\t\d+\n$/);
  const incomplete = await world.runUnprivileged('encrypted-s3', [
    'status',
    '--bucket',
    'default',
    'eu-central-1',
  ]);
  assert.equal(incomplete.code, 1);
  assert.match(incomplete.stderr, /--bucket needs AWS_PROFILE AWS_REGION BUCKET/);
});

test('--bucket --max-age is critical if a backup is stale or none is there, and unknown if the bucket cannot be listed', async (t) => {
  const world = new BucketWorld(t);
  const place = ['default', 'eu-central-1', 'test-bucket'];
  const ask = async () => {
    const { code, stdout } = await world.runUnprivileged('encrypted-s3', [
      'status',
      '--max-age',
      '1d',
      '--bucket',
      ...place,
    ]);
    return { code, stdout };
  };
  const nowhere = await ask();
  assert.equal(nowhere.code, 3);
  assert.match(nowhere.stdout, /^BACKUP UNKNOWN - /);
  world.makeBucket();
  assert.equal((await ask()).code, 2);
  world.put(RECORD, 'x', KEY);
  assert.equal((await ask()).code, 0);
  for (const version of world.bucket.versions())
    Object.assign(version, { time: Date.now() - 2 * 86_400_000 });
  assert.equal((await ask()).code, 2);
});

test('--bucket --escrow shows the facts in the records of the escrowed key', async (t) => {
  const world = await backedUp(t);
  world.put('backup.info/runs/other/last-run.json', 'x', OTHER_KEY);
  const answers = `\n${EASY_KEY}\n\nyes\n`;
  const uploaded = await world.run('encrypted-s3-upload-key', [world.configFile], { input: answers });
  assert.equal(uploaded.code, 0, uploaded.stderr);
  const place = ['default', 'eu-central-1', 'test-bucket'];
  const options = { input: `${EASY_KEY}\n` };
  const { code, stdout, stderr } = await world.run(
    'encrypted-s3',
    ['status', '--escrow', '--bucket', ...place],
    options,
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /other\/\t.*\t\t\t\tanother encryption key\n/);
  assert.match(stdout, /pc\/docs\/\t.*\t2\t14\t0\n/);
});

test("--bucket --config shows the facts in the records of the config's key, and the age of the last complete run", async (t) => {
  const world = await backedUp(t);
  const record = JSON.parse(world.current(RECORD).body.toString()) as object;
  const lastComplete = new Date(Date.now() - 2 * 86_400_000).toISOString();
  world.put(RECORD, JSON.stringify({ ...record, isIncomplete: true, notBackedUp: 1, lastComplete }), KEY);
  const args = ['status', '--bucket', 'default', 'eu-central-1', 'test-bucket'];
  const withConfig = [...args, '--config', world.configFile];
  const { code, stdout, stderr } = await world.runUnprivileged('encrypted-s3', withConfig);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^pc\/docs\/\t.*\t1728\d\d\t\S+\t2\t14\t1\n$/);
  const plugin = await world.runUnprivileged('encrypted-s3', [...withConfig, '--max-age', '1d']);
  assert.equal(plugin.code, 2);
  assert.match(
    plugin.stdout,
    /^BACKUP CRITICAL - 1 of 1 backups are older than 1 day: pc\/docs\/ \(s3:\/\/test-bucket\) \| 'age_pc\/docs\/'=1728\d\ds;;86400\n$/,
  );
  const fresh = await world.runUnprivileged('encrypted-s3', [...args, '--max-age', '1d']);
  assert.equal(fresh.code, 0);
  assert.match(fresh.stdout, /^BACKUP OK - 1 of 1 backups are fresh /);
});

test('options that do not go with --bucket are a usage error', async (t) => {
  const world = new BucketWorld(t);
  const bucket = ['--bucket', 'default', 'eu-central-1', 'test-bucket'];
  for (const words of [
    [...bucket, '--prometheus', 'file'],
    [...bucket, '--escrow', '--config', 'file'],
    ['--escrow'],
  ]) {
    const { code, stderr } = await world.runUnprivileged('encrypted-s3', ['status', ...words]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*\nUsage: encrypted-s3 status .*\nTry /);
  }
});

// If nearly all files are overwritten, as by ransomware, a run uploads them and warns.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BucketWorld } from './bucket-world.js';
import { backUpNumbered, numbered } from './numbered-files.js';

/** Backs up 150 files, and overwrites the first `changed` of them. */
async function overwrite(world: BucketWorld, changed: number): Promise<void> {
  await backUpNumbered(world, 150);
  for (const name of numbered(changed)) world.write(name, `encrypted ${name}`);
}

test('a mass change is uploaded, and a warning says what happened and how to bring the files back', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  // Storing the record and the tree takes a while: the time in the warning must be no older.
  world.onCall('*backup.info/runs/*" --recursive "*', 'sleep 1.5');
  await overwrite(world, 120);
  world.onCall();
  await sleep(1000);
  const dry = await world.sync(['--dry-run']);
  const { code, stderr } = await world.sync();
  assert.deepEqual([dry.code, code], [0, 0], stderr);
  for (const said of [dry.stderr, stderr]) {
    assert.match(
      said,
      /WARNING: 120 of the 150 files in the backup have changed since the last run, more than MAX_CHANGE_PERCENT=50\. .* keeps the older versions until \d{4}-\d\d-\d\d \(AWS_RETENTION_DAYS\)/,
    );
  }
  assert.equal(world.current('pc/docs/0/0').body.toString(), 'encrypted 0/0');
  const [, command = '', ...args] = /: (encrypted-s3) (.*) DEST$/m.exec(stderr) ?? [];
  const restored = await world.run(command, [
    ...args.flatMap((it) => it.split(' ')),
    '0',
    `${world.folder}/back`,
  ]);
  assert.equal(restored.code, 0, restored.stderr);
  assert.equal(readFileSync(`${world.folder}/back/0`, 'utf8'), '0/0');
  assert.doesNotMatch((await world.sync()).stderr, /changed since/);
});

test('a run with fewer changes than MAX_CHANGE_PERCENT does not warn', async (t) => {
  const world = new BucketWorld(t);
  await overwrite(world, 120);
  world.config({ MAX_CHANGE_PERCENT: '80' });
  assert.doesNotMatch((await world.sync()).stderr, /changed since/);
});

test("REFUSE_MASS_CHANGE='yes' stops the run before it uploads, with exit code 4, until it is allowed", async (t) => {
  const world = new BucketWorld(t);
  await overwrite(world, 120);
  const before = world.bucket.versions().length;
  world.config({ REFUSE_MASS_CHANGE: 'yes' });
  for (const flags of [[], ['--dry-run']]) {
    const { code, stderr } = await world.sync(flags);
    assert.equal(code, 4, stderr);
    assert.match(
      stderr,
      /ERROR: 120 of the 150 files .*: nothing is uploaded.*\n.*HINT: .* MAX_CHANGE_PERCENT=100/,
    );
  }
  assert.equal(world.bucket.versions().length, before);
  world.config({ REFUSE_MASS_CHANGE: 'yes', MAX_CHANGE_PERCENT: '100' });
  assert.equal((await world.sync()).code, 0);
});

test('the warning says so if the bucket keeps no older versions', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.bucket.isVersioned = false;
  await overwrite(world, 120);
  const { stderr } = await world.sync();
  assert.match(stderr, /WARNING: 120 of the 150 files .* keeps no older versions\./);
});

test('the warning claims nothing about older versions if the run has not asked for the versioning', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  await overwrite(world, 120);
  world.config({ ALLOW_UNVERSIONED_DELETE: 'yes' });
  const { stderr } = await world.sync();
  assert.match(
    stderr,
    /WARNING: 120 of the 150 files .* whether the bucket keeps the older versions is unknown\./,
  );
  assert.match(stderr, /restore the files as they were: encrypted-s3 restore /);
});

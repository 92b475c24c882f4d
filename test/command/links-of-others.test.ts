// A run does not write its files through links that other users could have made.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { linkOfOtherUser } from '../fakes/link-of-other-user.js';
import { BucketWorld } from './bucket-world.js';
import { twoRuns } from './rollback-world.js';

test('METRICS_FILE is written through no link that somebody else could have made', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  const target = join(world.folder, 'private');
  mkdirSync(target);
  const link = linkOfOtherUser(world.folder, target);
  for (const file of [link, join(link, 'backup.prom')]) {
    world.config({ METRICS_FILE: file });
    const { code, stderr } = await world.sync();
    assert.equal(code, 0);
    assert.match(stderr, /WARNING: ".*shared\/link" is a link .*: it is not followed/);
    assert.deepEqual(readdirSync(target), []);
  }
  const status = await world.run('encrypted-s3', ['status', world.configFile, '--prometheus', link]);
  assert.equal(status.code, 1);
  assert.match(status.stderr, /is a link/);
});

test('LOCAL_LOCK makes no file through a link that somebody else could have made', async (t) => {
  const world = new BucketWorld(t);
  const target = join(world.folder, 'nologin');
  world.config({ LOCAL_LOCK: linkOfOtherUser(world.folder, target) });
  const { code, stderr } = await world.sync();
  assert.equal(code, 1);
  assert.match(stderr, /ERROR: Can't open the lock file ".*shared\/link": ".*shared\/link" is a link/);
  assert.ok(!existsSync(target));
});

test('a rollback writes its list through no link that somebody else could have made', async (t) => {
  const world = await twoRuns(t);
  const target = join(world.folder, 'private');
  mkdirSync(target);
  const before = world.bucket.versions();
  const link = linkOfOtherUser(world.folder, target);
  const { code, stderr } = await world.rollBack('--yes', '--list', join(link, 'list'));
  assert.equal(code, 1);
  assert.match(stderr, /ERROR: ".*shared\/link" is a link/);
  assert.deepEqual(readdirSync(target), []);
  assert.deepEqual(world.bucket.versions(), before);
});

// Rollbacks that are refused, incomplete or killed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PREFIX, RECORD, TREE } from './bucket-world.js';
import { AT, FIRST, RollbackWorld, twoRuns } from './rollback-world.js';

test('a rollback names a file whose version of that time has expired, leaves it as it is, and ends with exit code 3', async (t) => {
  const world = await twoRuns(t);
  const key = `${PREFIX}d/changes`;
  const [oldest] = world.bucket.versions().filter((version) => version.key === key);
  world.bucket.removeVersion(key, oldest?.id ?? '');
  const { code, stderr } = await world.rollBack('--yes');
  assert.equal(code, 3);
  assert.match(stderr, /^ERROR: "d\/changes" is left as it is: its version of that time has expired\.\n/);
  assert.deepEqual(world.contents(), { ...FIRST, 'd/changes': 'by now' });
  await world.backUp();
  assert.deepEqual((await world.restored())['d/changes'], 'by now');
});

test('a rollback by a user who may not remove versions changes nothing', async (t) => {
  const refused = [RECORD, TREE].map((Key) => ({ Key, Code: 'AccessDenied', Message: 'Access Denied' }));
  for (const answer of [
    `echo '${JSON.stringify({ Errors: refused })}'; exit 0`,
    "echo 'An error occurred (AccessDenied) when calling the DeleteObjects operation: Access Denied' >&2; exit 254",
  ]) {
    const world = await twoRuns(t);
    const before = world.bucket.versions();
    world.onCall('*delete-objects*', answer);
    for (const paths of [[], ['d']]) {
      const { code, stderr } = await world.rollBack('--yes', ...paths);
      assert.equal(code, 1);
      assert.match(stderr, /ERROR: .*AccessDenied.*\nHINT: .*s3:DeleteObjectVersion.*--profile PROFILE\.\n$/);
      assert.deepEqual(world.bucket.versions(), before);
    }
  }
});

test('a rollback that is killed is completed by another one, and a run in between loses nothing', async (t) => {
  for (const paths of [[], ['d']]) {
    for (const runsBetween of [false, true]) {
      const world = await twoRuns(t);
      world.config({ FULL_CHECK_HOURS: '20' });
      const seen = join(world.folder, 'seen');
      // The first request removes the records, the second one the files.
      world.onCall(
        '*delete-objects*',
        `if mkdir '${seen}' 2>/dev/null; then :; else kill -KILL $PPID; exit 1; fi`,
      );
      assert.equal((await world.rollBack('--yes', ...paths)).signal, 'SIGKILL');
      world.onCall();
      if (runsBetween) {
        await world.backUp();
        assert.deepEqual(Object.keys(world.contents()), ['d/changes', 'd/new', 'other', 'stays']);
        assert.equal(world.contents()['d/changes'], 'by now');
        continue;
      }
      const { code, stderr } = await world.rollBack('--yes', ...paths);
      assert.equal(code, 0, stderr);
      assert.deepEqual(world.contents(), paths.length === 0 ? FIRST : { ...FIRST, other: 'by now' });
      assert.deepEqual(await world.restored(), world.contents());
    }
  }
});

test('after a rollback, files that a killed run had sent are sent again, even by another machine', async (t) => {
  const world = await twoRuns(t);
  // The same size as the version that the rollback makes current.
  const same = 'at FIRST';
  world.write('d/changes', same, new Date());
  for (let number = 0; number < 12; number += 1) world.write(`e/${number}`, 'x', new Date());
  // The first batch has ten files, so it has ended before the eleventh.
  world.faults.set({ at: 'put', number: 11, what: 'kill both' });
  assert.equal((await world.sync()).signal, 'SIGKILL');
  world.faults.set(undefined);
  const [elsewhere, args] = [join(world.folder, 'elsewhere'), ['--at', AT, '--yes']];
  const environment = { XDG_STATE_HOME: elsewhere };
  const rolledBack = await world.run('encrypted-s3', ['rollback', world.configFile, ...args], {
    environment,
  });
  assert.equal(rolledBack.code, 0, rolledBack.stderr);
  await world.backUp();
  assert.equal(world.contents()['d/changes'], same);
});

test('a rollback runs with another profile, and writes its list to the given file', async (t) => {
  const world = await twoRuns(t);
  const list = join(world.folder, 'my list');
  assert.equal((await world.rollBack('--yes', '--profile', 'admin', '--list', list)).code, 0);
  assert.ok(world.awsCalls().every((call) => call.startsWith('--profile admin ')));
  assert.equal(readFileSync(list, 'utf8').trimEnd().split('\n').length, 7);
  const again = await world.rollBack('--yes', '--list', list);
  assert.match(again.stderr, /^There is nothing to roll back below s3:/);
  world.write('stays', 'other', new Date());
  await world.backUp();
  const { code, stderr } = await world.rollBack('--yes', '--list', list);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /ERROR: Can't write the list of removals to ".*my list": it exists already\.\nHINT: Nothing/,
  );
  assert.equal(world.contents()['stays'], 'other');
});

test('a rollback changes nothing in a bucket without versioning, or with another backup below this one', async (t) => {
  const world = await twoRuns(t);
  const before = world.bucket.versions();
  world.bucket.isVersioned = false;
  const unversioned = await world.rollBack('--yes');
  assert.equal(unversioned.code, 1);
  assert.match(
    unversioned.stderr,
    /^ERROR: Versioning is not on in the bucket "test-bucket"\.\nHINT: Nothing/,
  );
  assert.deepEqual(world.bucket.versions(), before);
  world.bucket.isVersioned = true;
  world.put(`backup.info/runs/${PREFIX}below/last-run.json`, '{}');
  const { code, stderr } = await world.rollBack('--yes');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^ERROR: Another backup, of the prefix "pc\/docs\/below\/", is below this one\.\nHINT: /,
  );
});

test('a backup of the original scripts, which has no tree, is rolled back by its versions', async (t) => {
  const world = new RollbackWorld(t);
  const [then, now] = [Date.now() - 10 * 60_000, Date.now()];
  for (const [path, time] of [
    ['a', then],
    ['a', now],
    ['later', now],
  ] as const)
    world.bucket.add(PREFIX + path, Buffer.from(`${path} at ${time}`), undefined, time);
  const { code, stderr } = await world.rollBack('--yes');
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^ERROR: "later" is left as it is: all its versions are newer, and no tree shows whether/,
  );
  assert.deepEqual(world.contents(), { a: `a at ${then}`, later: `later at ${now}` });
});

test('a rollback ends with exit code 75 while a run holds the lock', async (t) => {
  const world = await twoRuns(t);
  const holder = spawn('flock', [world.lock, 'sh', '-c', 'echo held; read line']);
  await once(holder.stdout, 'data');
  assert.equal((await world.rollBack('--yes')).code, 75);
  assert.equal((await world.rollBack('--dry-run')).code, 0);
  holder.stdin.end();
  await once(holder, 'close');
});

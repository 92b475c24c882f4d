// A rollback, and the run and the restore after it.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Removal } from '../../lib/restore/versions/rollback-plan.js';
import { onTerminal } from '../fakes/on-terminal.js';
import { WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import { PREFIX, RECORD, TREE } from './bucket-world.js';
import { AT, FIRST, type RollbackWorld, twoRuns } from './rollback-world.js';

function modeOf(world: RollbackWorld, path: string): number {
  return statSync(join(world.to, path)).mode & 0o777;
}

test('a rollback makes the backup what it was at that time, and lists the versions that it has removed', async (t) => {
  const world = await twoRuns(t);
  const { code, stdout, stderr } = await world.rollBack('--yes');
  assert.deepEqual([code, stdout], [0, ''], stderr);
  assert.deepEqual(world.contents(), FIRST);
  const [plan, versions, markers, deleted, done, next] = stderr.split('\n');
  assert.match(plan ?? '', /^To roll back s3:\/\/test-bucket\/pc\/docs\/ to 20\d\d-.*:$/);
  assert.match(
    versions ?? '',
    /^ {2}2 newer versions \(12 bytes\) will be removed, and can't be brought back$/,
  );
  assert.match(markers ?? '', /^ {2}1 delete marker will be removed, so that deleted files are back$/);
  assert.match(deleted ?? '', /^ {2}1 file that did not exist then will be deleted; the bucket keeps/);
  assert.match(done ?? '', /^Rolled back 4 files\. The removals are listed in \//);
  assert.match(next ?? '', /^The next run of encrypted-s3-sync uploads the files of LOCAL_DIR again/);
  // The new file stays as a version below a delete marker.
  assert.deepEqual(world.versionsOf(`${PREFIX}d/new`), ['new', '-']);
  assert.deepEqual(world.versionsOf(`${PREFIX}d/changes`), ['at first']);

  const list = /listed in (.*)\.$/.exec(done ?? '')?.[1] ?? '';
  assert.equal(statSync(list).mode & 0o777, 0o600);
  const [head, ...lines] = readFileSync(list, 'utf8').trimEnd().split('\n');
  assert.match(head ?? '', /^\{"rollback":"s3:\/\/test-bucket\/pc\/docs\/","to":"20/);
  const removals = lines.map((line) => JSON.parse(line) as Removal);
  assert.deepEqual(
    removals.map(({ key, size, versionId }) => [key, versionId === undefined ? 'deleted' : (size ?? '-')]),
    [
      [RECORD, removals[0]?.size],
      [TREE, removals[1]?.size],
      [`${PREFIX}d/changes`, 6],
      [`${PREFIX}d/goes`, '-'],
      [`${PREFIX}d/new`, 'deleted'],
      [`${PREFIX}other`, 6],
    ],
  );
});

test('a restore after a rollback brings back that time, with its modes, and fetches everything in bulk', async (t) => {
  const many = Array.from({ length: 10 }, (_, number) => `many/${number}`);
  const world = await twoRuns(t, many);
  assert.equal((await world.rollBack('--yes')).code, 0);
  const restored = await world.restored();
  assert.deepEqual(restored['d/changes'], 'at first');
  assert.deepEqual([modeOf(world, 'd/changes'), modeOf(world, 'other')], [0o640, 0o640]);
  assert.deepEqual(world.fetched(), ['*']);
});

test('the run after a rollback is full, and uploads all files in LOCAL_DIR', async (t) => {
  const world = await twoRuns(t);
  world.config({ FULL_CHECK_HOURS: '20' });
  assert.equal((await world.rollBack('--yes')).code, 0);
  const count = world.bucket.versions().length;
  await world.backUp();
  assert.ok(world.syslog().some((line) => /This is a full run: the last run did not end\./.test(line)));
  assert.deepEqual(world.changesSince(count).sort(), ['-d/goes', 'd/changes', 'd/new', 'other']);
  assert.deepEqual(await world.restored(), {
    'd/changes': 'by now',
    'd/new': 'new',
    stays: 'stays',
    other: 'by now',
  });
  assert.deepEqual([modeOf(world, 'd/changes'), modeOf(world, 'other')], [0o600, 0o600]);
  await world.backUp();
  assert.ok(world.syslog().some((line) => line.includes('This is a quick run')));
});

test('on another machine, without the state folder, the run after a rollback is full too', async (t) => {
  const world = await twoRuns(t);
  world.config({ FULL_CHECK_HOURS: '20' });
  const elsewhere = { environment: { HOME: world.home, XDG_STATE_HOME: join(world.folder, 'elsewhere') } };
  const { code, stderr } = await world.run(
    'encrypted-s3',
    ['rollback', world.configFile, '--at', AT, '--yes'],
    elsewhere,
  );
  assert.equal(code, 0, stderr);
  await world.backUp();
  assert.ok(world.syslog().some((line) => line.includes('full run: the last run left something undone')));
  assert.deepEqual(world.contents(), {
    'd/changes': 'by now',
    'd/new': 'new',
    stays: 'stays',
    other: 'by now',
  });
});

test('a rollback of some paths changes only these, and the tree stays right for all paths', async (t) => {
  const world = await twoRuns(t);
  world.config({ FULL_CHECK_HOURS: '20' });
  const { code, stderr } = await world.rollBack('--yes', 'd');
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.contents(), { ...FIRST, other: 'by now' });
  assert.deepEqual(await world.restored(), { ...FIRST, other: 'by now' });
  assert.deepEqual([modeOf(world, 'd/changes'), modeOf(world, 'other')], [0o640, 0o600]);
  const count = world.bucket.versions().length;
  await world.backUp();
  assert.deepEqual(world.changesSince(count).sort(), ['-d/goes', 'd/changes', 'd/new']);
});

test('a path that the backup never had ends a rollback with exit code 1', async (t) => {
  const world = await twoRuns(t);
  const before = world.bucket.versions();
  const { code, stderr } = await world.rollBack('--yes', 'd', 'never there');
  assert.equal(code, 1);
  assert.match(stderr, /^ERROR: The bucket has no versions at or below "never there"\. Nothing/);
  assert.deepEqual(world.bucket.versions(), before);
});

test('a rollback removes nothing without a yes', async (t) => {
  const world = await twoRuns(t);
  const before = world.bucket.versions();
  for (const input of ['', 'y\n', 'no\n']) {
    const { code, stderr } = await world.run('encrypted-s3', ['rollback', world.configFile, '--at', AT], {
      input,
    });
    assert.equal(code, 1);
    assert.match(stderr, /Type 'yes' to roll back: ERROR: Aborted\nHINT: Nothing was changed\.\n$/);
    assert.deepEqual(world.bucket.versions(), before);
  }
  const args = ['rollback', world.configFile, '--at', AT];
  assert.equal((await world.run('encrypted-s3', args, { input: 'yes\n' })).code, 0);
  assert.deepEqual(world.contents(), FIRST);
});

test('Ctrl-C at the question of a rollback says that nothing was changed', async (t) => {
  const world = await twoRuns(t);
  const before = world.bucket.versions();
  const command = ['encrypted-s3', 'rollback', world.configFile, '--at', AT] as const;
  const environment = { HOME: world.home, TMPDIR: world.tmp, PATH: world.path };
  const { code, shown } = await onTerminal([["Type 'yes' to roll back: ", '\x03']], command, {
    ...environment,
    NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
  });
  assert.equal(code, 130, shown);
  assert.match(shown, /Ended by SIGINT\. Nothing was changed\.\r\n$/);
  assert.deepEqual(world.bucket.versions(), before);
});

test('a dry run prints what a rollback would remove, and changes nothing', async (t) => {
  const world = await twoRuns(t);
  const before = world.snapshot();
  const { code, stdout, stderr } = await world.rollBack('--dry-run', 'd');
  assert.equal(code, 0, stderr);
  const url = 's3://test-bucket/';
  const lines = stdout.replaceAll(/version-\d+/g, 'ID').split('\n');
  assert.deepEqual(lines.slice(1), [
    `(dryrun) remove: ${url}${PREFIX}d/changes (6 bytes, version ID)`,
    `(dryrun) remove: ${url}${PREFIX}d/goes (delete marker, version ID)`,
    `(dryrun) delete: ${url}${PREFIX}d/new`,
    '',
  ]);
  assert.match(lines[0] ?? '', /^\(dryrun\) remove: .*last-run\.json/);
  assert.match(stderr, /^To roll back .*\n {2}1 newer version \(6 bytes\) /);
  assert.deepEqual(world.snapshot(), before);
});

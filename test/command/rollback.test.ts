// A rollback, and whatever comes after it: the next run, a restore, another rollback.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Removal } from '../../lib/restore/versions/rollback-plan.js';
import type { Outcome } from '../fakes/sandbox.js';
import { PREFIX, RECORD, TREE } from './bucket-world.js';
import { RestoreWorld } from './restore-world.js';

/** Between the first run and the second one, by the server's clock. */
const AT = '5 minutes ago';
/** By the server's clock, the first run is ten minutes ago. */
const EARLIER = { FAKE_CLOCK_OFFSET: `${-10 * 60_000}` };
const FIRST = { 'd/changes': 'at first', 'd/goes': 'goes', stays: 'stays', other: 'at first' };

class RollbackWorld extends RestoreWorld {
  rollBack(...args: readonly string[]): Promise<Outcome> {
    return this.run('encrypted-s3', ['rollback', this.configFile, '--at', AT, ...args]);
  }

  /** The files of the backup with what they hold now. */
  contents(): Record<string, string> {
    return Object.fromEntries(this.stored().map((path) => [path, `${this.current(PREFIX + path).body}`]));
  }

  /** The versions of a key, the oldest first; `-` for a delete marker. */
  versionsOf(key: string): string[] {
    const versions = this.journal.versions().filter((version) => version.key === key);
    return versions.map(({ body }) => (body === undefined ? '-' : `${body}`));
  }

  async restored(): Promise<Record<string, string>> {
    const { code, stderr } = await this.restore(['--overwrite']);
    assert.equal(code, 0, stderr);
    const files = readdirSync(this.to, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    return Object.fromEntries(paths.map((it) => [it.slice(this.to.length + 1), readFileSync(it, 'utf8')]));
  }
}

/** Two runs: since the first, a file has changed, one is gone, and there is a new one. */
async function twoRuns(t: TestContext, others: readonly string[] = []): Promise<RollbackWorld> {
  const world = new RollbackWorld(t);
  for (const [path, content] of Object.entries(FIRST)) world.write(path, content);
  for (const path of others) world.write(path, 'x');
  for (const path of ['d/changes', 'other']) chmodSync(join(world.source, path), 0o640);
  const first = await world.sync([], EARLIER);
  assert.equal(first.code, 0, first.stderr);
  for (const path of ['d/changes', 'other']) {
    world.write(path, 'by now', new Date());
    chmodSync(join(world.source, path), 0o600);
  }
  world.write('d/new', 'new', new Date());
  world.remove('d/goes');
  await world.backUp();
  assert.deepEqual(world.stored(), [...others, 'd/changes', 'd/new', 'other', 'stays'].sort());
  return world;
}

function modeOf(world: RollbackWorld, path: string): number {
  return statSync(join(world.to, path)).mode & 0o777;
}

test('the backup is as it was at that time, and what is gone for ever is listed', async (t) => {
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
  assert.match(done ?? '', /^Rolled back 4 files\. What was removed is listed in \//);
  assert.match(next ?? '', /^The next run of encrypted-s3-sync stores again what LOCAL_DIR holds/);
  // The one that was new can be had by its version.
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

test('a restore after a rollback is that of the time, with its modes, and fetches everything in bulk', async (t) => {
  const many = Array.from({ length: 10 }, (_, number) => `many/${number}`);
  const world = await twoRuns(t, many);
  assert.equal((await world.rollBack('--yes')).code, 0);
  const restored = await world.restored();
  assert.deepEqual(restored['d/changes'], 'at first');
  assert.deepEqual([modeOf(world, 'd/changes'), modeOf(world, 'other')], [0o640, 0o640]);
  assert.deepEqual(world.fetched(), ['*']);
});

test('the next run is a full one, and stores what LOCAL_DIR holds', async (t) => {
  const world = await twoRuns(t);
  world.config({ FULL_CHECK_HOURS: '20' });
  assert.equal((await world.rollBack('--yes')).code, 0);
  const count = world.journal.versions().length;
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

test('on another machine, without the state folder, the next run is right, too', async (t) => {
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

test('of some paths, only these are rolled back, and the tree tells the truth of all', async (t) => {
  const world = await twoRuns(t);
  world.config({ FULL_CHECK_HOURS: '20' });
  const { code, stderr } = await world.rollBack('--yes', 'd');
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.contents(), { ...FIRST, other: 'by now' });
  assert.deepEqual(await world.restored(), { ...FIRST, other: 'by now' });
  assert.deepEqual([modeOf(world, 'd/changes'), modeOf(world, 'other')], [0o640, 0o600]);
  const count = world.journal.versions().length;
  await world.backUp();
  assert.deepEqual(world.changesSince(count).sort(), ['-d/goes', 'd/changes', 'd/new']);
});

test('a path that the backup never had ends it with exit code 1', async (t) => {
  const world = await twoRuns(t);
  const before = world.journal.versions();
  const { code, stderr } = await world.rollBack('--yes', 'd', 'never there');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^ERROR: At or below "never there", the bucket has no version, and had no file\. Nothing/,
  );
  assert.deepEqual(world.journal.versions(), before);
});

test('nothing is removed without a yes', async (t) => {
  const world = await twoRuns(t);
  const before = world.journal.versions();
  for (const input of ['', 'y\n', 'no\n']) {
    const { code, stderr } = await world.run('encrypted-s3', ['rollback', world.configFile, '--at', AT], {
      input,
    });
    assert.equal(code, 1);
    assert.match(stderr, /Type 'yes' to roll back: ERROR: Aborted\nHINT: Nothing was changed\.\n$/);
    assert.deepEqual(world.journal.versions(), before);
  }
  const args = ['rollback', world.configFile, '--at', AT];
  assert.equal((await world.run('encrypted-s3', args, { input: 'yes\n' })).code, 0);
  assert.deepEqual(world.contents(), FIRST);
});

test('a dry run prints what would go, and changes nothing', async (t) => {
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

test('a file whose version of that time has expired is left as it is, and named, with exit code 3', async (t) => {
  const world = await twoRuns(t);
  const key = `${PREFIX}d/changes`;
  const [oldest] = world.journal.versions().filter((version) => version.key === key);
  world.journal.removeVersion(key, oldest?.id ?? '');
  const { code, stderr } = await world.rollBack('--yes');
  assert.equal(code, 3);
  assert.match(stderr, /^ERROR: "d\/changes" is left as it is: its version of that time has expired\.\n/);
  assert.deepEqual(world.contents(), { ...FIRST, 'd/changes': 'by now' });
  await world.backUp();
  assert.deepEqual((await world.restored())['d/changes'], 'by now');
});

test('a user who may not remove versions changes nothing', async (t) => {
  const refused = [RECORD, TREE].map((Key) => ({ Key, Code: 'AccessDenied', Message: 'Access Denied' }));
  for (const answer of [
    `echo '${JSON.stringify({ Errors: refused })}'; exit 0`,
    "echo 'An error occurred (AccessDenied) when calling the DeleteObjects operation: Access Denied' >&2; exit 254",
  ]) {
    const world = await twoRuns(t);
    const before = world.journal.versions();
    world.onCall('*delete-objects*', answer);
    for (const paths of [[], ['d']]) {
      const { code, stderr } = await world.rollBack('--yes', ...paths);
      assert.equal(code, 1);
      assert.match(stderr, /ERROR: .*AccessDenied.*\nHINT: .*s3:DeleteObjectVersion.*--profile PROFILE\.\n$/);
      assert.deepEqual(world.journal.versions(), before);
    }
  }
});

test('a rollback that is killed is completed by another one, and a run in between loses nothing', async (t) => {
  for (const paths of [[], ['d']]) {
    for (const runsBetween of [false, true]) {
      const world = await twoRuns(t);
      world.config({ FULL_CHECK_HOURS: '20' });
      const seen = join(world.folder, 'seen');
      // Records go by the first request, files by the second.
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

test('what a killed run has sent is sent again after a rollback, by another machine, too', async (t) => {
  const world = await twoRuns(t);
  // As large as what the rollback leaves.
  const same = 'at FIRST';
  world.write('d/changes', same, new Date());
  for (let number = 0; number < 12; number += 1) world.write(`e/${number}`, 'x', new Date());
  // The first batch has ten files, and has ended by then.
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

test('another profile does it, and the list goes where it is wanted', async (t) => {
  const world = await twoRuns(t);
  const list = join(world.folder, 'my list');
  assert.equal((await world.rollBack('--yes', '--profile', 'admin', '--list', list)).code, 0);
  assert.ok(world.called().every((call) => call.startsWith('--profile admin ')));
  assert.equal(readFileSync(list, 'utf8').trimEnd().split('\n').length, 7);
  const again = await world.rollBack('--yes', '--list', list);
  assert.match(again.stderr, /^There is nothing to roll back below s3:/);
  world.write('stays', 'other', new Date());
  await world.backUp();
  const { code, stderr } = await world.rollBack('--yes', '--list', list);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /ERROR: The list .* can't be written to ".*my list": it exists already\.\nHINT: Nothing/,
  );
  assert.equal(world.contents()['stays'], 'other');
});

test('a bucket without versioning, and one with another backup below this one, stay as they are', async (t) => {
  const world = await twoRuns(t);
  const before = world.journal.versions();
  world.journal.isVersioned = false;
  const unversioned = await world.rollBack('--yes');
  assert.equal(unversioned.code, 1);
  assert.match(
    unversioned.stderr,
    /^ERROR: Versioning is not on in the bucket "test-bucket"\.\nHINT: Nothing/,
  );
  assert.deepEqual(world.journal.versions(), before);
  world.journal.isVersioned = true;
  world.put(`backup.info/runs/${PREFIX}below/last-run.json`, '{}');
  const { code, stderr } = await world.rollBack('--yes');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^ERROR: Another backup, of the prefix "pc\/docs\/below\/", is below this one\.\nHINT: /,
  );
});

test('a backup of the original scripts is rolled back where its versions tell what was there', async (t) => {
  const world = new RollbackWorld(t);
  const [then, now] = [Date.now() - 10 * 60_000, Date.now()];
  for (const [path, time] of [
    ['a', then],
    ['a', now],
    ['later', now],
  ] as const)
    world.journal.add(PREFIX + path, Buffer.from(`${path} at ${time}`), undefined, time);
  const { code, stderr } = await world.rollBack('--yes');
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^ERROR: "later" is left as it is: all its versions are newer, and no tree tells whether/,
  );
  assert.deepEqual(world.contents(), { a: `a at ${then}`, later: `later at ${now}` });
});

test('while a run holds the lock, it ends with exit code 75', async (t) => {
  const world = await twoRuns(t);
  const holder = spawn('flock', [world.lock, 'sh', '-c', 'echo held; read line']);
  await once(holder.stdout, 'data');
  assert.equal((await world.rollBack('--yes')).code, 75);
  assert.equal((await world.rollBack('--dry-run')).code, 0);
  holder.stdin.end();
  await once(holder, 'close');
});

// Restores of older versions, each of which takes a call of its own.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { entriesOf } from '../s3/entries.js';
import { PREFIX } from './bucket-world.js';
import { RestoreWorld } from './restore-world.js';

/** Puts the first run ten minutes back, by the server's clock. */
const EARLIER = { FAKE_CLOCK_OFFSET: `${-10 * 60_000}` };
const AT = ['--at', '5 minutes ago'];
const COUNT = 12;
/** The call that downloads an older version of a file. */
const VERSION = `*" s3api get-object "*${PREFIX}*--version-id=*`;

/** A backup of two runs; the files of the first have all changed or been deleted. */
async function twoRuns(
  t: TestContext,
  since: 'changed' | 'deleted',
  count = COUNT,
): Promise<{ world: RestoreWorld; first: Record<string, string> }> {
  const world = new RestoreWorld(t);
  world.config({ MAX_DELETE_PERCENT: '100', MAX_CHANGE_PERCENT: '100' });
  const names = Array.from({ length: count }, (_, number) => `d/${number}`);
  for (const name of [...names, 'stays']) world.write(name, `first ${name}`);
  const { code, stderr } = await world.sync([], EARLIER);
  assert.equal(code, 0, stderr);
  const first = entriesOf(world.source);
  for (const name of names) {
    if (since === 'deleted') world.remove(name);
    else world.write(name, `second ${name}`, new Date());
  }
  await world.backUp();
  return { world, first };
}

/** Kills the restore at its seventh version. */
function killAtSeventh(world: RestoreWorld): void {
  const seen = join(world.folder, 'seen');
  const count = `n=1; until mkdir '${seen}'$n 2>/dev/null; do n=$((n + 1)); done`;
  world.onCall(VERSION, `${count}; if [ $n -ge 7 ]; then kill -KILL $PPID; exit 1; fi`);
}

function downloads(world: RestoreWorld): number {
  return world
    .awsCalls()
    .filter((call) => / s3api get-object .*--version-id=/.test(call) && !call.includes('backup.info')).length;
}

/** How many versions are in the stage of an interrupted restore. */
function stagedVersions(world: RestoreWorld): number {
  const stage = readdirSync(world.to).find((name) => name.startsWith('.encrypted-s3-restore-')) ?? '';
  return readdirSync(join(world.to, stage, 'versions')).length;
}

test('a restore after a killed one does not download again the versions in the stage', async (t) => {
  const { world, first } = await twoRuns(t, 'changed');
  killAtSeventh(world);
  assert.equal((await world.restore(AT)).signal, 'SIGKILL');
  world.onCall();
  const before = stagedVersions(world);
  assert.ok(before > 0);
  const { code, stderr } = await world.restore(AT);
  assert.equal(code, 0, stderr);
  // One more: the unchanged file.
  assert.equal(downloads(world), COUNT + 1 - before);
  assert.deepEqual(entriesOf(world.to), first);
});

test('a version that an interrupted restore of one time has left is not used for another time', async (t) => {
  const { world, first } = await twoRuns(t, 'changed');
  killAtSeventh(world);
  assert.equal((await world.restore(AT)).signal, 'SIGKILL');
  world.onCall();
  const latest = await world.restore();
  assert.equal(latest.code, 0, latest.stderr);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
  assert.notDeepEqual(entriesOf(world.to), first);
  assert.ok(!readdirSync(world.to).some((name) => name.startsWith('.encrypted')));
});

test('download-dir names encrypted-s3-undelete if nothing but deletions came since, and rollback otherwise', async (t) => {
  for (const [since, command] of [
    [
      'deleted',
      /^110 files were only deleted since, .*"encrypted-s3-undelete --since '\d{4}-[^']*'" makes them current/m,
    ],
    [
      'changed',
      /^110 files have changed since, .*"encrypted-s3 rollback --at '\d{4}-[^']*'" makes them current/m,
    ],
  ] as const) {
    const { world, first } = await twoRuns(t, since, 110);
    const { code, stderr } = await world.restore(AT);
    assert.equal(code, 0, stderr);
    assert.match(stderr, command);
    assert.deepEqual(entriesOf(world.to), first);
    assert.ok(existsSync(join(world.to, 'stays')));
  }
  const { world } = await twoRuns(t, 'changed');
  assert.doesNotMatch((await world.restore(AT)).stderr, /rollback|undelete/);
});

test('a file that the bulk must not download has a placeholder of the size that the object has now', async (t) => {
  const world = new RestoreWorld(t);
  for (let number = 0; number <= availableParallelism(); number += 1) world.write(`d/${number}`, 'stays');
  world.write('older', 'first');
  await world.sync([], EARLIER);
  const first = entriesOf(world.source);
  world.write('older', 'the second', new Date());
  world.write('added', 'later');
  await world.backUp();
  const seen = join(world.folder, 'seen');
  world.onCall(
    '*" s3 sync "*',
    `find '${world.to}' -name older -o -name added | xargs stat -c '%s %Y' > '${seen}'`,
  );
  const { code, stderr } = await world.restore(AT);
  assert.equal(code, 0, stderr);
  assert.deepEqual(readFileSync(seen, 'utf8').trim().split('\n').sort(), ['10 1', '5 1']);
  assert.deepEqual(entriesOf(world.to), first);
});

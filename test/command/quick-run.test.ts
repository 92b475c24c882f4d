// The calls of the AWS CLI in each kind of run, and the reason for the kind in syslog.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX, RECORD, TREE } from './bucket-world.js';

const HOUR = 3_600_000;
const QUICK = 'This is a quick run.';
const full = (why: string) => `This is a full run: ${why}.`;

/** The purposes of calls, with patterns of their arguments. */
const CALLS: readonly [string, RegExp][] = [
  ['probe', /backup\.info\/probe\//],
  ['get record', / s3 cp s3:\/\/test-bucket\/backup\.info\/runs\/pc\/docs\/last-run\.json - /],
  ['get tree', / s3 cp s3:\/\/test-bucket\/backup\.info\/runs\/pc\/docs\/tree\.ndjson\.gz /],
  ['put record', / s3 cp \S+ s3:\/\/test-bucket\/backup\.info\/runs\/pc\/docs\/ --recursive /],
  ['sync', / s3 sync /],
  ['upload', / s3 cp \S+ s3:\/\/test-bucket\/pc\/docs\/ --recursive /],
  ['list', / s3api list-objects-v2 .*--prefix=pc\/docs\/ /],
  ['escrow?', / s3api list-objects-v2 .*--prefix=backup\.info\/key\/data /],
  ['backups below?', / s3api list-objects-v2 .*--prefix=backup\.info\/runs\/pc\/docs\/ /],
  ['other backups?', / s3api list-objects-v2 .*--prefix=backup\.info\/runs\/ /],
  ['versioning?', / s3api get-bucket-versioning /],
  ['delete', / s3api delete-objects? /],
  ['key?', / s3api head-object .*--key=pc\/docs\//],
  ['verify', / s3 cp s3:\/\/test-bucket\/pc\/docs\/\S+ - | s3api get-object .*--key=pc\/docs\//],
];
const VERIFICATION = ['verify', 'verify', 'verify'];
const PROBE = Array.from({ length: 6 }, () => 'probe');

/** The purpose of a call; the call itself if it is unknown. */
function purposeOf(call: string): string {
  return CALLS.find(([, words]) => words.test(` ${call} `))?.[0] ?? call;
}

interface Run {
  /** The purposes of the calls, sorted. */
  readonly calls: string[];
  readonly kind: string | undefined;
  readonly code: number | null;
}

async function run(world: BucketWorld, flags: readonly string[] = [], environment = {}): Promise<Run> {
  const before = world.syslog().length;
  const { code, stderr } = await world.sync(flags, environment);
  const kinds = world
    .syslog()
    .slice(before)
    .flatMap((line) => /This is a .* run.*/.exec(line) ?? []);
  assert.equal(kinds.length, 1, stderr);
  return { calls: inOrder(world.awsCalls().map(purposeOf)), kind: kinds[0], code };
}

/** Sorts the calls, since parallel ones begin in any order. */
function inOrder(calls: readonly string[]): string[] {
  return [...calls].sort();
}

async function assertRun(
  world: BucketWorld,
  kind: string,
  calls: readonly string[],
  flags: readonly string[] = [],
  environment = {},
): Promise<void> {
  const { code, ...told } = await run(world, flags, environment);
  assert.deepEqual(told, { calls: inOrder(calls), kind });
  assert.equal(code, 0);
}

const NOTHING_CHANGED_FULL = ['get record', 'list', ...VERIFICATION, 'put record', 'escrow?'];
const NOTHING_CHANGED_QUICK = ['get record', 'put record'];

/** A backup of two files, whose next run is quick by its settings. */
async function backedUp(t: TestContext, settings: Record<string, string> = {}): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.config({ FULL_CHECK_HOURS: '20', ...settings });
  for (const path of ['a', 'd/b']) world.write(path, path);
  assert.equal((await run(world)).code, 0);
  return world;
}

/** Rewrites the record, so that the last full check was `hours` ago. */
function setLastFullCheck(world: BucketWorld, hours: number): void {
  const record = JSON.parse(world.current(RECORD).body.toString()) as Record<string, unknown>;
  const lastFullCheck = new Date(Date.now() - hours * HOUR).toISOString();
  world.put(RECORD, JSON.stringify({ ...record, lastFullCheck }), KEY);
}

test('a quick run in which nothing changed reads and stores the record', async (t) => {
  const world = await backedUp(t);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
});

test('a quick run with new files uploads them and lists nothing', async (t) => {
  const world = await backedUp(t);
  for (const path of ['new', 'd/new']) world.write(path, path);
  await assertRun(world, QUICK, ['get record', 'upload', 'put record']);
  assert.deepEqual(world.stored(), ['a', 'd/b', 'd/new', 'new']);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
});

test('a quick run with files that changed or are gone asks for the versioning', async (t) => {
  const world = await backedUp(t);
  world.write('a', 'changed');
  await assertRun(world, QUICK, ['get record', 'upload', 'versioning?', 'put record']);
  assert.equal(world.current(`${PREFIX}a`).body.toString(), 'changed');
  world.remove('a');
  await assertRun(world, QUICK, ['get record', 'versioning?', 'backups below?', 'delete', 'put record']);
  assert.deepEqual(world.stored(), ['d/b']);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
});

test('a quick run makes a call for each batch if the files do not fit into the first, small one', async (t) => {
  const world = await backedUp(t);
  for (let number = 0; number < 11; number += 1) world.write(`new/${number}`, 'x');
  await assertRun(world, QUICK, ['get record', 'upload', 'upload', 'put record']);
  assert.equal(world.stored().length, 13);
});

test('a full run in which nothing changed makes the calls that --full asks for', async (t) => {
  const world = await backedUp(t);
  await assertRun(world, full('--full was given'), NOTHING_CHANGED_FULL, ['--full']);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
});

test('a full run with changes lists once, after the upload', async (t) => {
  const world = await backedUp(t);
  for (const path of ['a', 'new']) world.write(path, 'changed');
  const calls = ['get record', 'upload', 'versioning?', 'list', ...VERIFICATION, 'put record', 'escrow?'];
  await assertRun(world, full('--full was given'), calls, ['--full']);
});

test('a run is full when the last full check is as old as FULL_CHECK_HOURS', async (t) => {
  const world = await backedUp(t);
  setLastFullCheck(world, 19.5);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
  // The quick run has not renewed the time of the check.
  setLastFullCheck(world, 20.5);
  await assertRun(world, full('the last full check was 20 hours ago'), NOTHING_CHANGED_FULL);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
  world.config({ FULL_CHECK_HOURS: '0' });
  await assertRun(world, full('the last full check was 0 hours ago'), NOTHING_CHANGED_FULL);
});

test('a quick run leaves the time of the last full check as it is', async (t) => {
  const world = await backedUp(t);
  setLastFullCheck(world, 5);
  const time = () =>
    (JSON.parse(world.current(RECORD).body.toString()) as Record<string, unknown>)['lastFullCheck'];
  const before = time();
  world.write('new', 'new');
  assert.equal((await run(world)).kind, QUICK);
  assert.equal(time(), before);
  assert.equal((await run(world, ['--full'])).code, 0);
  assert.notEqual(time(), before);
});

test('a first run over an empty prefix probes the server and uploads with aws s3 sync', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'd/b']) world.write(path, path);
  await assertRun(world, full('there is no record of a last run'), [
    ...['get record', 'escrow?', 'other backups?', 'list', ...PROBE, 'sync', 'versioning?'],
    ...['list', ...VERIFICATION, 'put record'],
  ]);
});

test('a first run over existing objects proves the key and sends by name what the bucket lacks', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'd/b']) world.write(path, path);
  const hash = createHash('sha256').update(KEY).digest('hex');
  world.bucket.add(`${PREFIX}a`, Buffer.from('a'), hash, Date.now() + HOUR);
  const count = world.bucket.versions().length;
  await assertRun(world, full('there is no record of a last run'), [
    ...['get record', 'escrow?', 'other backups?', 'list', 'key?', ...PROBE, 'upload', 'versioning?'],
    ...['list', ...VERIFICATION, 'put record'],
  ]);
  assert.deepEqual(world.changesSince(count), ['d/b']);
});

test('a run after one that left something undone is full, until nothing is left', async (t) => {
  const world = await backedUp(t);
  world.write('secret', 'secret');
  chmodSync(join(world.source, 'secret'), 0);
  const first = await run(world);
  assert.deepEqual([first.kind, first.code], [QUICK, 3]);
  const second = await run(world);
  assert.deepEqual([second.kind, second.code], [full('the last run left something undone'), 3]);
  chmodSync(join(world.source, 'secret'), 0o644);
  const third = await run(world);
  assert.deepEqual([third.kind, third.code], [full('the last run left something undone'), 0]);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
});

test('a run after one that was killed lists before it uploads, and after it', async (t) => {
  const world = await backedUp(t);
  for (const path of ['new1', 'new2']) world.write(path, path);
  world.faults.set({ at: 'put', number: 2, what: 'kill both' });
  assert.deepEqual((await run(world)).kind, QUICK);
  world.faults.set(undefined);
  // Whether the killed run noted its upload in the journal is chance. Here, it did not.
  const unfinished = join(world.stateFolder, 'unfinished');
  for (const name of readdirSync(unfinished)) if (name.endsWith('.notes')) rmSync(join(unfinished, name));
  // One file has arrived, and is overwritten, because its object's time proves nothing about its content.
  await assertRun(world, full('the last run did not end'), [
    ...['get record', 'list', 'upload', 'versioning?'],
    ...['list', ...VERIFICATION, 'put record', 'escrow?'],
  ]);
  assert.deepEqual(world.stored(), ['a', 'd/b', 'new1', 'new2']);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
});

test('LOCAL_LIST makes each run full', async (t) => {
  const world = await backedUp(t);
  world.config({ FULL_CHECK_HOURS: '20', LOCAL_LIST: join(world.folder, 'list') });
  for (const _ of [1, 2])
    await assertRun(world, full('LOCAL_LIST is set'), [...NOTHING_CHANGED_FULL, 'list']);
});

test('without a state folder each run is full and downloads the tree', async (t) => {
  const world = await backedUp(t);
  const file = join(world.folder, 'file');
  writeFileSync(file, '');
  for (const _ of [1, 2])
    await assertRun(
      world,
      full('there is no state folder to show whether the last run ended'),
      [...NOTHING_CHANGED_FULL, 'get tree'],
      [],
      { XDG_STATE_HOME: file },
    );
});

test('without the tree of the last run, a run is full, and lists before it uploads', async (t) => {
  const world = await backedUp(t);
  world.bucket.add(TREE, undefined);
  rmSync(world.treeCopy);
  // The files are so new that a difference of the clocks may matter, so their objects are not proven.
  await assertRun(world, full('there is no tree of the last run'), [
    ...['get record', 'get tree', 'list', 'upload', 'versioning?'],
    ...['list', ...VERIFICATION, 'put record', 'escrow?'],
  ]);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
});

test('a run that takes over the backup of another source is full', async (t) => {
  const world = await backedUp(t, { HOST_ID: 'old' });
  world.config({ FULL_CHECK_HOURS: '20', HOST_ID: 'new' });
  const { code, kind } = await run(world, ['--adopt']);
  assert.deepEqual([code, kind], [0, full('the last run was of another source')]);
  await assertRun(world, QUICK, NOTHING_CHANGED_QUICK);
});

test('a quick run whose upload failed deletes nothing, and the next run, a full one, does', async (t) => {
  const world = await backedUp(t);
  world.remove('a');
  world.write('new', 'a');
  const denied = 'An error occurred (AccessDenied) when calling the PutObject operation: no';
  const said = `upload failed: ./new to s3://test-bucket/${PREFIX}new ${denied}`;
  world.onCall(`*" s3 cp "*" s3://test-bucket/${PREFIX} "*`, `echo '${said}' >&2; exit 1`);
  const first = await run(world);
  assert.deepEqual([first.kind, first.code], [QUICK, 3]);
  assert.deepEqual(world.stored(), ['a', 'd/b']);
  world.onCall();
  const next = await run(world);
  assert.deepEqual([next.kind, next.code], [full('the last run left something undone'), 0]);
  assert.deepEqual(world.stored(), ['d/b', 'new']);
});

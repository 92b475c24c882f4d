// `encrypted-s3 status` shows whether a backup is fresh, and what its last run did.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, RECORD } from './bucket-world.js';

async function backedUp(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const path of ['a', 'b/c']) world.write(path, 'content');
  assert.equal((await world.sync()).code, 0);
  return world;
}

/** Rewrites the record of the last run. */
function changeRecord(world: BucketWorld, facts: Record<string, unknown>): void {
  const record = JSON.parse(world.current(RECORD).body.toString()) as Record<string, unknown>;
  world.put(RECORD, JSON.stringify({ ...record, ...facts }), KEY);
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

test('status shows the time of the last run, and the size of the backup', async (t) => {
  const world = await backedUp(t);
  const { code, stdout, stderr } = await world.runUnprivileged('encrypted-s3', ['status', world.configFile]);
  assert.equal(code, 0, stderr);
  for (const words of [
    /: OK, /,
    /Last run: .* ago, took /,
    /2 files, 14 bytes/,
    /Last file read back: .*: (a|b\/c)\n/,
  ])
    assert.match(stdout, words);
  assert.match(stdout, /Escrow: +none: run encrypted-s3-upload-key/);
});

test('status is not OK if the last complete run is older than two days', async (t) => {
  const world = await backedUp(t);
  const ask = () => world.runUnprivileged('encrypted-s3', ['status', world.configFile]);
  changeRecord(world, { ended: hoursAgo(47) });
  assert.equal((await ask()).code, 0);
  changeRecord(world, { ended: hoursAgo(49) });
  const { code, stdout } = await ask();
  assert.equal(code, 3);
  assert.match(stdout, /: CRITICAL, the last complete run is 2 days 1 h old\n/);
});

test('the config in the default place is used when none is named', async (t) => {
  const world = await backedUp(t);
  const folder = join(world.home, '.config/encrypted-s3-backup');
  mkdirSync(folder, { recursive: true });
  const nowhere = await world.runUnprivileged('encrypted-s3', ['status']);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /No config is given.*\n.*HINT: .*\.config\/encrypted-s3-backup\/config/);
  renameSync(world.configFile, join(folder, 'config'));
  assert.equal((await world.runUnprivileged('encrypted-s3', ['status'])).code, 0);
});

test('--max-age answers as a monitoring plugin does', async (t) => {
  const world = await backedUp(t);
  const ask = async (...flags: string[]) => {
    const { code, stdout } = await world.runUnprivileged('encrypted-s3', [
      'status',
      world.configFile,
      ...flags,
    ]);
    return { code, stdout };
  };
  const fresh = await ask('--max-age', '26h');
  assert.equal(fresh.code, 0);
  assert.match(
    fresh.stdout,
    /^BACKUP OK - .* \| age=\d+s;;93600 files=2 bytes=14B sent=2 sent_bytes=14B deleted=0 not_backed_up=0\n$/,
  );
  changeRecord(world, { ended: hoursAgo(27), isIncomplete: false });
  const stale = await ask('--max-age', '26h');
  assert.equal(stale.code, 2);
  assert.match(stale.stdout, /^BACKUP CRITICAL - the last complete run is 1 day 3 h old /);
  changeRecord(world, { isIncomplete: true, notBackedUp: 1, lastComplete: hoursAgo(25) });
  const incomplete = await ask('--max-age', '26h');
  assert.equal(incomplete.code, 1);
  assert.match(incomplete.stdout, /^BACKUP WARNING - the last run left 1 file out of the backup /);
});

test('--max-age prints UNKNOWN on standard output if the bucket cannot be read', async (t) => {
  const world = await backedUp(t);
  world.put(RECORD, 'another', OTHER_KEY);
  const { code, stdout } = await world.runUnprivileged('encrypted-s3', [
    'status',
    world.configFile,
    '--max-age',
    '1d',
  ]);
  assert.equal(code, 3);
  assert.match(stdout, /^BACKUP UNKNOWN - .*another key/);
});

test('--json prints the record, the state and the age', async (t) => {
  const world = await backedUp(t);
  const { stdout } = await world.runUnprivileged('encrypted-s3', [
    'status',
    '--config',
    world.configFile,
    '--json',
  ]);
  const status = JSON.parse(stdout) as Record<string, unknown> & { lastRun: Record<string, unknown> };
  assert.deepEqual([status['format'], status['version']], ['encrypted-s3-backup status', 1]);
  assert.deepEqual([status['state'], status['prefix'], status['hasEscrow']], ['OK', 'pc/docs/', false]);
  assert.equal(typeof status['ageSeconds'], 'number');
  assert.equal(status.lastRun['sent'], 2);
});

test('--prometheus writes the whole file, or reports why it cannot', async (t) => {
  const world = await backedUp(t);
  const file = join(world.folder, 'backup.prom');
  const written = await world.runUnprivileged('encrypted-s3', [
    'status',
    world.configFile,
    '--prometheus',
    file,
  ]);
  assert.equal(written.code, 0, written.stderr);
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^encrypted_s3_backup_files\{bucket="test-bucket",prefix="pc\/docs\/"\} 2$/m);
  assert.match(text, /^encrypted_s3_backup_last_complete_run_timestamp_seconds\{.*\} \d+(\.\d+)?$/m);
  const failed = await world.runUnprivileged('encrypted-s3', [
    'status',
    world.configFile,
    '--prometheus',
    '/nowhere/x.prom',
  ]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /Can't write the metrics file "\/nowhere\/x\.prom"/);
});

// --quiet, --verbose and --json.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BucketWorld } from './bucket-world.js';

test('without a terminal, a run that succeeds is silent, and --verbose prints what goes to syslog', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  const silent = await world.sync();
  assert.deepEqual([silent.code, silent.stdout], [0, '']);
  assert.equal(
    silent.stderr
      .split('\n')
      .filter((line) => !line.includes('not backed up your encryption key'))
      .join(''),
    '',
  );
  const verbose = await world.sync(['--verbose']);
  assert.match(verbose.stderr, /^encrypted-s3-sync\[\d+\]: Starting with config /m);
  assert.match(verbose.stderr, /In the backup: 1 files?, /);
});

test('--quiet silences the progress of a restore', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  await world.sync();
  const args = ['--config', world.configFile];
  const said = await world.run('encrypted-s3-download-dir', [...args, `${world.folder}/one`]);
  assert.match(said.stderr, /Restoring s3:/);
  const quiet = await world.run('encrypted-s3-download-dir', ['--quiet', ...args, `${world.folder}/two`]);
  assert.deepEqual([quiet.code, quiet.stderr], [0, '']);
});

test('--json prints a summary of the run in one line', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  const { code, stdout } = await world.sync(['--json']);
  assert.equal(code, 0);
  assert.equal(stdout.split('\n').length, 2);
  const { format, version, sent, deleted, totals } = JSON.parse(stdout);
  assert.deepEqual([format, version, sent, deleted, totals.files], ['encrypted-s3-backup run', 1, 1, 0, 1]);
  assert.match(
    (await world.sync(['--json', '--dry-run'])).stderr,
    /'--json' cannot be used with option '--dry-run'/,
  );
});

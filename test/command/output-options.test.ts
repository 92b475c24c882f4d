// --quiet, --verbose, --no-progress and --color are the same for every command.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BucketWorld } from './bucket-world.js';

test('without a terminal, a run that succeeds is silent; --verbose prints what goes to syslog', async (t) => {
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

test('--color colours the first word of a message; NO_COLOR and a pipe do not', async (t) => {
  const world = new BucketWorld(t);
  const failed = async (...flags: string[]) =>
    (await world.run('encrypted-s3', ['ls', '--config', '/nowhere', ...flags])).stderr;
  assert.ok((await failed('--color', 'always')).startsWith('\x1b[31mERROR:\x1b[0m '));
  for (const flags of [[], ['--color', 'never'], ['--color', 'auto']])
    assert.match(await failed(...flags), /^ERROR: /);
  assert.match(
    await failed('--color', 'pink'),
    /Allowed choices are auto, always, never[\s\S]*Usage: encrypted-s3 ls/,
  );
});

test('a usage error prints the error, the usage and where help is', async (t) => {
  const world = new BucketWorld(t);
  const { code, stderr } = await world.run('encrypted-s3', ['find']);
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'error: missing required argument \'pattern\'\nUsage: encrypted-s3 find [options] <pattern>\nTry "encrypted-s3 find --help".\n',
  );
});

test('--quiet says nothing of what is going on in a restore', async (t) => {
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

test('--json prints one line of what the run has done', async (t) => {
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

test('every command has the same options for its output', async (t) => {
  const world = new BucketWorld(t);
  const { stdout } = await world.run('encrypted-s3', ['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name = '']) => name);
  const withOptions = commands.filter((name) => name !== 'help');
  assert.ok(withOptions.length > 14, stdout);
  for (const name of withOptions) {
    const help = await world.run('encrypted-s3', [name, '--help']);
    for (const option of ['--quiet', '--verbose', '--no-progress', '--color <when>'])
      assert.ok(help.stdout.includes(`  ${option} `) || help.stdout.includes(`, ${option} `), name + option);
  }
});

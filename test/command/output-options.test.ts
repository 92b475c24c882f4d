// --quiet, --verbose, --no-progress and --color are the same for every command.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

const SYNC = fileURLToPath(new URL('../../bin/encrypted-s3-sync.js', import.meta.url));
const CLEAR_LINE = '\r\x1b[K';

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

/** Runs the sync on a terminal of that width, and returns all that it shows. */
async function onTerminal(world: BucketWorld, columns: number, ...flags: string[]): Promise<string> {
  const command = `stty cols ${columns}; exec ${process.execPath} ${SYNC} ${flags.join(' ')} ${world.configFile}`;
  const env = {
    HOME: world.home,
    TMPDIR: world.tmp,
    PATH: world.path,
    NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
    TERM: 'xterm',
  };
  const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], { env });
  return stdout;
}

test('on a terminal, a run shows its phases within the width, and at its end one line', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  const shown = await onTerminal(world, 40);
  const parts = shown.split(CLEAR_LINE);
  assert.ok(
    parts.some((part) => part.startsWith('encrypted-s3-sync: Scanning: 1 name')),
    shown,
  );
  assert.ok(
    parts.some((part) => part.startsWith('encrypted-s3-sync: Checking the bucket')),
    shown,
  );
  for (const part of parts.slice(0, -1)) assert.ok((part.split('\n').at(-1) ?? '').length < 40, part);
  const left = parts.at(-1) ?? '';
  assert.match(
    left,
    /Done in .*: 1 file, 7 bytes in the backup; 1 sent \(7 bytes\), 0 deleted, 1 read back\.\r\n$/,
  );
});

test('--quiet and --no-progress leave the terminal alone', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  assert.ok(!(await onTerminal(world, 80, '--no-progress')).includes(CLEAR_LINE));
  const quiet = (await onTerminal(world, 80, '--quiet')).split('\r\n');
  assert.deepEqual(
    quiet.filter((line) => !line.includes('You have not backed up your encryption key')),
    [''],
  );
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

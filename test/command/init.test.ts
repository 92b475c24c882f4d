// `encrypted-s3 init --yes` sets up a backup with escrow and a compared file, and continues where it was interrupted.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../lib/config/read-config.js';
import { pathsBelow } from '../fakes/paths-below.js';
import { WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import { ESCROW, InitWorld, NO_STEPS, SENTENCE } from './init-world.js';

test('init --yes makes a backup that is escrowed and compared, from nothing', async (t) => {
  const world = new InitWorld(t);
  const { code, stdout, stderr } = await world.init();
  assert.equal(code, 0, stderr);
  world.assertSetUp();
  assert.match(stdout, /\$0\.00|less than \$0\.01/);
  assert.match(stdout, /was read back from it \(fingerprint [0-9a-f]{16}\)/);
  assert.match(stdout, /was restored from the bucket, and is identical to the file on disk\./);
  assert.match(
    stdout,
    /\nThe backup is set up\. .*\n {2}encrypted-s3-sync\n.*\nStill to do:\n {2}encrypted-s3 schedule\n$/,
  );
  // The escrow gives the key back, as on a new machine.
  const download = await world.run('encrypted-s3-download-key', ['default', 'eu-central-1', 'test-bucket'], {
    input: `${SENTENCE}\n`,
  });
  assert.ok(download.stdout.includes(world.key));
});

test('without a person, init excludes only what programs make again, and says how to exclude the rest', async (t) => {
  const world = new InitWorld(t);
  world.write('node_modules/x/y.js', 'x');
  world.write("Anna's db/PG_VERSION", '15');
  const { code, stdout, stderr } = await world.init(['--exclude-suggested', ...NO_STEPS]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Left out:\n {2}"node_modules": packages .* \(1 file, 1 byte\)\nNot left out;/m);
  assert.match(stdout, /^Not left out; .*\n {2}"Anna's db\/": .*\n {4}--exclude 'Anna'\\''s db\/\*'\n/m);
  assert.match(readFileSync(world.written, 'utf8'), /^EXCLUDE=\('node_modules\/\*'\)$/m);
});

test('init works for a user without a name, as containers have them', async (t) => {
  const world = new InitWorld(t);
  const nameless = join(world.folder, 'nameless.cjs');
  const refuse = "os.userInfo = os.homedir = () => { throw new Error('ENOENT'); };";
  writeFileSync(nameless, `const os = require('os'); ${refuse} require('module').syncBuiltinESMExports();`);
  const environment = { NODE_OPTIONS: `${WITHOUT_MODERN_SYSLOG} --require=${nameless}` };
  const flags = ['init', '--yes', ...world.place, ...NO_STEPS];
  const { code, stderr } = await world.run('encrypted-s3', flags, { environment, input: `${SENTENCE}\n` });
  assert.equal(code, 0, stderr);
});

test('the config names the server that init has talked to, for runs without the variables of this shell', async (t) => {
  const world = new InitWorld(t);
  const environment = { AWS_ENDPOINT_URL: 'https://s3.example' };
  const { code, stderr } = await world.run('encrypted-s3', ['init', '--yes', ...world.place, ...NO_STEPS], {
    environment,
  });
  assert.equal(code, 0, stderr);
  assert.match(readFileSync(world.written, 'utf8'), /^AWS_ENDPOINT_URL='https:\/\/s3\.example'$/m);
});

test('the config that init writes is private, and is read without a finding', async (t) => {
  const world = new InitWorld(t);
  const flags = [
    '--skip',
    'escrow',
    'backup',
    'compare',
    '--exclude',
    "it's *.tmp",
    '--ping',
    'https://hc.example/1',
  ];
  assert.equal((await world.init([...flags, '--storage-class', 'STANDARD'], '')).code, 0);
  assert.equal(statSync(world.written).mode & 0o777, 0o600);
  assert.equal(statSync(join(world.written, '..')).mode & 0o777, 0o700);
  const warnings: string[] = [];
  const config = await readConfig(world.written, { warn: (text) => warnings.push(text) });
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    [config.region, config.bucket, config.prefix, config.localDir, config.retentionDays, config.storageClass],
    ['us-east-1', 'test-bucket', 'pc/docs/', world.source, 30, 'STANDARD'],
  );
  assert.deepEqual(config.exclude, ["it's *.tmp"]);
  assert.equal(config.hooks.onFailure, 'https://hc.example/1/$code');
  assert.match(world.key, /^[A-Za-z0-9]{32}$/);
  assert.doesNotMatch(readFileSync(world.written, 'utf8').replaceAll(/^#.*/gm, ''), /%/);
});

test('the key is in the config alone, and in no argument, output or other file', async (t) => {
  const world = new InitWorld(t);
  const { stdout, stderr } = await world.init();
  for (const secret of [world.key, SENTENCE]) {
    assert.equal((stdout + stderr).includes(secret), false);
    assert.equal(
      world.awsCalls().some((call) => call.includes(secret)),
      false,
    );
    const holders = pathsBelow(world.folder).filter((path) => {
      const file = join(world.folder, path);
      return statSync(file).isFile() && readFileSync(file).includes(secret);
    });
    assert.deepEqual(holders, secret === SENTENCE ? [] : ['home/.config/encrypted-s3-backup/config']);
  }
});

test('init that was killed in any of its steps continues in the next call, with the same key', async (t) => {
  const first = new InitWorld(t);
  await first.init();
  const calls = first.awsCalls();
  for (const step of [
    'get-bucket-location',
    'create-bucket',
    `cp - s3://test-bucket/${ESCROW}`,
    's3 sync',
    '/incomplete',
  ]) {
    const number = calls.findIndex((call) => call.includes(step)) + 1;
    assert.ok(number > 0, step);
    const world = new InitWorld(t);
    world.faults.set({ at: 'call', number, what: 'kill both' });
    const killed = await world.init();
    assert.equal(killed.signal, 'SIGKILL', step);
    const key = existsSync(world.written) ? world.key : undefined;
    world.faults.set(undefined);
    const { code, stdout, stderr } = await world.init();
    assert.equal(code, 0, `${step}: ${stdout}${stderr}`);
    world.assertSetUp();
    if (key !== undefined) assert.equal(world.key, key);
  }
});

test('init reports errors before it makes anything', async (t) => {
  const world = new InitWorld(t);
  const without = (flag: string) => {
    const at = world.place.indexOf(flag);
    return world.place.filter((_, index) => index !== at && index !== at + 1);
  };
  for (const [args, message] of [
    [without('--bucket'), /The name of the bucket is missing, .*\nHINT: Give it with --bucket\./],
    [without('--directory'), /The directory to back up is missing/],
    [[...world.place, '--directory', '/nowhere'], /"\/nowhere" does not exist/],
    [[...world.place, '--bucket', 's3://x'], /The name of the bucket must be the name of a bucket/],
    [[...world.place, '--prefix', 'backup.info/x'], /The prefix must not begin with backup\.info/],
    [[...world.place, '--retention-days', 'x'], /The number of days must be a whole number/],
    [[...world.place, '--ping', 'http://example.com'], /The address to ping must be/],
    [[...world.place, '--prices', '/nowhere'], /The prices in "\/nowhere" can't be read/],
    [[...world.place, '--profile', 'x y', '--region', ''], /The region is empty/],
  ] as const) {
    const { code, stderr } = await world.run('encrypted-s3', ['init', '--yes', ...args], {
      input: `${SENTENCE}\n`,
    });
    assert.match(stderr, message);
    assert.notEqual(code, 0);
    assert.deepEqual([existsSync(world.written), world.bucket.exists], [false, false]);
  }
  const silent = await world.init([], '');
  assert.match(silent.stderr, /easy-to-remember key is not usable\. Standard input has none\./);
  assert.equal(existsSync(world.written), false);
});

test('a weak easy-to-remember key is refused, and the next attempt succeeds', async (t) => {
  const world = new InitWorld(t);
  const weak = await world.init([], 'password123\n');
  assert.equal(weak.code, 1);
  assert.match(weak.stderr, /is not usable\. It repeats or counts/);
  assert.equal((await world.init()).code, 0);
  world.assertSetUp();
});

test('--iam prints a policy for the backup of the config, or of the flags', async (t) => {
  const world = new InitWorld(t);
  const policy = (args: string[]) => world.run('encrypted-s3', ['init', '--iam', ...args]);
  assert.match((await policy([])).stderr, /There is no config yet/);
  const byFlags = await policy(['--bucket', 'test-bucket', '--prefix', 'pc/docs', '--region', 'cn-north-1']);
  assert.deepEqual(JSON.parse(byFlags.stdout).Statement[1].Resource, [
    'arn:aws-cn:s3:::test-bucket/pc/docs/*',
    'arn:aws-cn:s3:::test-bucket/backup.info/*',
  ]);
  await world.init([...NO_STEPS], '');
  const byConfig = await policy([]);
  assert.equal(JSON.parse(byConfig.stdout).Statement[0].Resource, 'arn:aws:s3:::test-bucket');
});

// The questions of `encrypted-s3 init`, on a terminal.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { onTerminal, type Step } from '../fakes/on-terminal.js';
import { WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

const SENTENCE = 'seven green boats sing at night';
const ENTER = '\r';
const CLEAR = '\x15';
const UP = '\x1b[A';
const CTRL_C = '\x03';

function worldWithProfiles(t: TestContext): BucketWorld {
  const world = new BucketWorld(t);
  world.write('letters/a.txt', 'Dear Anna');
  world.write('node_modules/x/y.js', 'exports = 1');
  mkdirSync(join(world.home, '.aws'));
  const keys = 'aws_access_key_id = x\naws_secret_access_key = y\n';
  writeFileSync(join(world.home, '.aws/credentials'), `[default]\n${keys}[other]\n${keys}`);
  world.fake('systemctl', '');
  return world;
}

const configOf = (world: BucketWorld) => join(world.home, '.config/encrypted-s3-backup/config');

function session(world: BucketWorld, steps: readonly Step[], flags: readonly string[] = []) {
  return onTerminal(steps, ['encrypted-s3', 'init', ...flags], {
    HOME: world.home,
    TMPDIR: world.tmp,
    PATH: world.path,
    NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
  });
}

const PLACE: readonly Step[] = [
  ['Which profile', ENTER],
  ['name of the bucket', `${CLEAR}test-bucket${ENTER}`],
  ['region', ENTER],
];

test('on a terminal init asks for everything, and asks again after an invalid answer', async (t) => {
  const world = worldWithProfiles(t);
  const { code, shown } = await session(world, [
    ['Which profile', ENTER],
    ['name of the bucket', `${CLEAR}Not_There${ENTER}`],
    ['region', ENTER],
    ['must be one that a new bucket can have', ''],
    ...PLACE,
    ['directory to back up', `${CLEAR}/nowhere${ENTER}`],
    ['does not exist', ''],
    ['directory to back up', `${CLEAR}${world.source}${ENTER}`],
    ['prefix', `${CLEAR}pc/docs/${ENTER}`],
    ['should not be backed up', ''],
    ['node_modules', ENTER],
    ['Which storage class', ENTER],
    ['how many days', ENTER],
    ['address to ping', ENTER],
    ['put-bucket-versioning', ''],
    ['Run these commands', ENTER],
    ['Store the encryption key', ENTER],
    ['easy-to-remember key', `password${ENTER}`],
    ['It has 8 characters', ''],
    ['easy-to-remember key', `${SENTENCE}${ENTER}`],
    ['The same again', `${SENTENCE}x${ENTER}`],
    ['not the same', ''],
    ['easy-to-remember key', `${SENTENCE}${ENTER}`],
    ['The same again', `${SENTENCE}${ENTER}`],
    ['was read back from it', ''],
    ['first backup', ENTER],
    // Keys that are typed before a question appears do not answer it.
    ['Backing up', `${ENTER}n`],
    ['Restore a file', ENTER],
    ['is identical to the file', ''],
    ['When should it run', `${UP}${ENTER}`],
    ['encrypted-s3 schedule', ''],
  ]);
  assert.equal(code, 0, shown);
  assert.deepEqual(world.stored(), ['letters/a.txt']);
  const config = readFileSync(configOf(world), 'utf8');
  assert.match(config, /^EXCLUDE=\('node_modules\/\*'\)$/m);
  const key = /^ENCRYPTION_KEY='(.*)'$/m.exec(config)?.[1] ?? '';
  for (const secret of [key, SENTENCE, 'password']) assert.equal(shown.includes(secret), false);
  assert.doesNotMatch(shown, /Warning|Downloading/);
  // Text is wrapped, and a command to paste is not.
  assert.match(shown, /│ {4}# Nothing can be uploaded [^\n]*\n│ {4}# [^\n]*\n│ {4}aws [^\n]{100,}\n/);
});

test('the questions have colours, unless --color is never', async (t) => {
  const world = worldWithProfiles(t);
  const steps: readonly Step[] = [['Which profile', CTRL_C]];
  assert.equal((await session(world, steps)).hasColor, true);
  assert.equal((await session(world, steps, ['--color', 'never'])).hasColor, false);
});

test('after Ctrl-C before the config is written nothing is left, and after Ctrl-C later the next init continues', async (t) => {
  const world = worldWithProfiles(t);
  const early = await session(world, [...PLACE, ['directory to back up', CTRL_C]]);
  assert.equal(early.code, 130, early.shown);
  assert.match(
    early.shown,
    /Ended by SIGINT\. The config is not written yet: init will ask from the beginning\./,
  );
  assert.equal(existsSync(configOf(world)), false);
  const flags: readonly Step[] = [
    ...PLACE,
    ['directory to back up', `${CLEAR}${world.source}${ENTER}`],
    ['prefix', ENTER],
    ['should not be backed up', ENTER],
    ['Which storage class', ENTER],
    ['how many days', ENTER],
    ['address to ping', ENTER],
    ['Run these commands', CTRL_C],
  ];
  const later = await session(world, flags);
  assert.equal(later.code, 130);
  assert.match(later.shown, /Ended by SIGINT\. Run the same command again to go on from here\./);
  const before = readFileSync(configOf(world), 'utf8');
  const noSuchBucket = await session(world, [
    ['Going on with the config', ''],
    ['Run these commands', 'n'],
    ['The bucket "test-bucket" was not made', ''],
    ['run init again', ''],
  ]);
  assert.equal(noSuchBucket.code, 1, noSuchBucket.shown);
  assert.doesNotMatch(noSuchBucket.shown, /Store the encryption key/);
  assert.equal(world.bucket.exists, false);
  world.makeBucket();
  const { code, shown } = await session(world, [
    ['Going on with the config', ''],
    ['Run these commands', 'n'],
    ['Store the encryption key', 'n'],
    ['first backup', 'n'],
    ['When should it run', `${UP}${ENTER}`],
    ['Still to do', ''],
  ]);
  assert.equal(code, 0, shown);
  // Without an object, there is nothing to restore.
  assert.doesNotMatch(shown, /Restore a file/);
  assert.match(shown, /encrypted-s3 doctor --fix[\s\S]*encrypted-s3-upload-key [\s\S]*encrypted-s3-sync/);
  assert.equal(readFileSync(configOf(world), 'utf8'), before);
});

test('an escrow that was stored before init was interrupted is not asked for again', async (t) => {
  const world = worldWithProfiles(t);
  const flags = ['--bucket', 'test-bucket', '--directory', world.source, '--prefix', 'pc/docs'];
  const early = await session(
    world,
    [
      ['Which profile', ENTER],
      ['region', ENTER],
      ['should not be backed up', ENTER],
      ['Which storage class', ENTER],
      ['how many days', ENTER],
      ['address to ping', ENTER],
      ['Run these commands', ENTER],
      ['Store the encryption key', ENTER],
      ['easy-to-remember key', `${SENTENCE}${ENTER}`],
      ['The same again', `${SENTENCE}${ENTER}`],
      ['first backup', CTRL_C],
    ],
    flags,
  );
  assert.equal(early.code, 130, early.shown);
  const { code, shown } = await session(world, [
    ['Run these commands', 'n'],
    ['The encryption key is in the bucket already, and was read back from it', ''],
    ['first backup', CTRL_C],
  ]);
  assert.equal(code, 130, shown);
  assert.doesNotMatch(shown, /Store the encryption key/);
});

test('init asks again for a bucket that may not be read, and for a wrong easy key', async (t) => {
  const world = worldWithProfiles(t);
  world.makeBucket();
  const upload = await world.run('encrypted-s3-upload-key', [world.configFile], {
    input: `\n${SENTENCE}\n\nyes\n`,
  });
  assert.equal(upload.code, 0, upload.stderr);
  world.onCall(
    '*others-bucket*',
    "echo 'An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied' >&2; exit 254",
  );
  const { code, shown } = await session(world, [
    ['Which profile', ENTER],
    ['name of the bucket', `${CLEAR}others-bucket${ENTER}`],
    ['region', ENTER],
    ['Access Denied', ''],
    // `init` finds the region of this bucket.
    ...PLACE.slice(0, 2),
    ['That easy-to-remember key', `another one${ENTER}`],
    ['with another easy-to-remember key', ''],
    ['That easy-to-remember key', `${SENTENCE}${ENTER}`],
    ['directory to back up', CTRL_C],
  ]);
  assert.equal(code, 130, shown);
});

test('init asks again for invalid flags, and makes a missing profile with aws configure', async (t) => {
  const world = worldWithProfiles(t);
  const credentials = join(world.home, '.aws/credentials');
  const make = `printf '[nobody]\naws_access_key_id = x\naws_secret_access_key = y\n' >> '${credentials}'; exit`;
  const missing = 'echo "The config profile (nobody) could not be found" >&2; exit 255';
  world.onCall(
    '*"--profile nobody"*',
    `if [ "$1" = configure ]; then ${make}; fi; grep -q nobody '${credentials}' || { ${missing}; }`,
  );
  const flags = ['--profile', 'nobody', '--bucket', 'test-bucket', '--directory', '/nowhere'];
  const { code, shown } = await session(
    world,
    [
      ['region', ENTER],
      ['could not be found', ''],
      ['create it: aws configure --profile nobody', ''],
      // Chooses the new profile.
      ['Which profile', ENTER],
      ['The name of the new profile', ENTER],
      ['name of the bucket', ENTER],
      ['region', ENTER],
      ['"/nowhere" does not exist', ''],
      ['directory to back up', `${CLEAR}~${ENTER}`],
      ['prefix', CTRL_C],
    ],
    flags,
  );
  assert.equal(code, 130, shown);
});

test('without a terminal and without --yes, init asks nothing', async (t) => {
  const world = worldWithProfiles(t);
  const { code, stderr } = await world.run('encrypted-s3', ['init'], { input: '\n\n\n' });
  assert.equal(code, 1);
  assert.match(stderr, /^ERROR: init asks its questions on a terminal, but there is none\.\nHINT: .*--yes/);
});

// `encrypted-s3-upload-key` on a terminal: keys are hidden as they are typed, and the easy-to-remember key is typed twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onTerminal, type Step } from '../fakes/on-terminal.js';
import { KEY, WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

const SENTENCE = 'seven green boats sing at night';
const EASY: readonly Step[] = [
  ['Encryption key for the upload', `password\r`],
  ['It has 8 characters', ''],
  ['Encryption key for the upload', `${SENTENCE}\r`],
  ['The same again', `${SENTENCE}!\r`],
  ['The two are not the same.', ''],
  ['Encryption key for the upload', `${SENTENCE}\r`],
  ['The same again', `${SENTENCE}\r`],
  ['Fingerprint of the backup key', ''],
  ['is strong', ''],
  ["Type 'yes'", 'yes\r'],
  ['SUCCESS', ''],
];

for (const [how, steps] of [
  ['with a config', EASY],
  [
    'without one',
    [
      ['AWS profile', '\r'],
      ['AWS region', 'eu-central-1\r'],
      ['bucket name', 'test-bucket\r'],
      ['Original backup', `${KEY}\r`],
      ...EASY,
    ],
  ],
] as const) {
  test(`on a terminal ${how}, no key is shown, and a weak one is asked for again`, async (t) => {
    const world = new BucketWorld(t);
    world.makeBucket();
    const args = how === 'with a config' ? [world.configFile] : [];
    const { code, shown } = await onTerminal(steps, ['encrypted-s3-upload-key', ...args], {
      HOME: world.home,
      TMPDIR: world.tmp,
      PATH: world.path,
      NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
    });
    assert.equal(code, 0, shown);
    for (const secret of [KEY, SENTENCE, 'password']) assert.equal(shown.includes(secret), false);
    assert.equal(shown.split("Type 'yes'").length, 2, 'one confirmation');
    for (const line of shown.split(/\r?\n/)) assert.ok(line.length <= 100, line);
    assert.ok(`${world.current('backup.info/key/data').body}`.includes(KEY));
  });
}

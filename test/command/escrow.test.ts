import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  bucketMissing,
  escrowFound,
  headBucket,
  keyIsMissing,
  keyIsWrong,
  s3Error,
  verification,
} from '../fakes/replies.js';
import { EASY_KEY, KEY, Sandbox } from '../fakes/sandbox.js';

const CONTENT = `#_ORIGINAL_KEY='${KEY}' # original backup encryption key\n`;
const DERIVED = createHash('md5').update(EASY_KEY).digest('hex');
const URL = 's3://test-bucket/backup.info/key/data';
/** Enter, profile, region, bucket, key, easy key, Enter, yes. */
const ANSWERS = `\n\neu-central-1\ntest-bucket\n${KEY}\n${EASY_KEY}\n\nyes\n`;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const noEscrow = {
  args: ['s3', 'cp', URL, '-'],
  exitCode: 1,
  stderr: `fatal error: ${s3Error('404', 'HeadObject', 'Not Found').trim()}\n`,
};
const refused = { ...noEscrow, stderr: `fatal error: ${s3Error('403', 'HeadObject', 'Forbidden').trim()}\n` };
const stored = { args: ['s3', 'cp', '-', URL], readsInput: true };
const proven = { args: ['s3', 'cp', '-', `${URL}.proof`], readsInput: true };

test('upload-key asks in the order of the original script, and stores the same content', async (t) => {
  const box = new Sandbox(t);
  box.expect([headBucket, noEscrow, stored, ...verification(CONTENT), proven]);
  const { code, stdout, stderr } = await box.run('encrypted-s3-upload-key', [], { input: ANSWERS });
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /SUCCESS: Your backup key is archived online\n$/);
  const questions = [
    'Press Enter to continue.',
    'AWS profile to use [default]: ',
    'AWS region [example: eu-central-1]: ',
    'AWS S3 bucket name: ',
    'Original backup encryption key: ',
    'Encryption key for the upload (you MUST remember this key): ',
    'Press Enter to continue.',
    "Type 'yes' to confirm",
  ];
  let from = 0;
  for (const question of questions) {
    from = stdout.indexOf(question, from) + 1;
    assert.ok(from > 0, question);
  }
  assert.equal(stdout.includes(KEY) || stdout.includes(EASY_KEY), false, 'no secret in a redirected output');
  const put = box.calls().find((call) => call.input !== null);
  assert.equal(put?.input, CONTENT);
  assert.equal(put?.key, sha256(DERIVED));
  assert.ok(put?.argv.includes('STANDARD_IA'));
});

test('upload-key CONFIG asks only for what the config lacks', async (t) => {
  const box = new Sandbox(t);
  const whole = box.config();
  box.expect([headBucket, noEscrow, stored, ...verification(CONTENT), proven]);
  const first = await box.run('encrypted-s3-upload-key', [whole], { input: `\n${EASY_KEY}\n\nyes\n` });
  assert.equal(first.code, 0, first.stderr);
  assert.equal(/AWS region|bucket name|Original/.test(first.stdout.split('begin.')[1] ?? ''), false);
  box.calls();

  const part = box.config({ AWS_REGION: undefined, LOCAL_DIR: undefined });
  box.expect([headBucket, noEscrow, stored, ...verification(CONTENT), proven]);
  const input = `\neu-central-1\n${EASY_KEY}\n\nyes\n`;
  const second = await box.run('encrypted-s3-upload-key', [part], { input });
  assert.equal(second.code, 0, second.stderr);
  box.calls();
});

test('the same key is not stored again', async (t) => {
  const box = new Sandbox(t);
  box.expect([headBucket, { args: ['s3', 'cp', URL, '-'], stdout: CONTENT }, escrowFound, proven]);
  const { code, stdout } = await box.run('encrypted-s3-upload-key', [], { input: ANSWERS });
  assert.equal(code, 0);
  assert.match(stdout, /SUCCESS/);
  box.calls();
});

test('another key is replaced only if confirmed', async (t) => {
  const box = new Sandbox(t);
  const other = { args: ['s3', 'cp', URL, '-'], stdout: CONTENT.replace(KEY, 'another key') };
  for (const there of [[other], [refused, ...keyIsWrong]]) {
    for (const answer of ['no\n', '']) {
      box.expect([headBucket, ...there]);
      const kept = await box.run('encrypted-s3-upload-key', [], { input: `${ANSWERS}${answer}` });
      assert.equal(kept.code, 1);
      assert.match(kept.stderr, /^ERROR: Aborted\n/);
      box.calls();
    }
    box.expect([headBucket, ...there, stored, ...verification(CONTENT), proven]);
    const replaced = await box.run('encrypted-s3-upload-key', [], { input: `${ANSWERS}yes\n` });
    assert.equal(replaced.code, 0);
    box.calls();
  }
});

test('upload-key refuses invalid answers', async (t) => {
  const box = new Sandbox(t);
  for (const [input, message] of [
    ['\n\n\n', /ERROR: You need to specify a value/],
    ['', /ERROR: You need to specify a value/],
    [`\n\nr\nb\n${KEY}\nshort\n`, /ERROR: The supplied encryption key is too short/],
    [`\n\nr\nb\n${KEY.slice(1)}\n`, /ERROR: The encryption key must be exactly 32 bytes long, but it has 31/],
    [ANSWERS.replace('yes', 'y'), /ERROR: Aborted/],
  ] as const) {
    const { code, stderr } = await box.run('encrypted-s3-upload-key', [], { input });
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
  box.calls();
});

test('upload-key ends with exit code 6 if the stored key reads back different', async (t) => {
  const box = new Sandbox(t);
  box.expect([headBucket, noEscrow, stored, ...verification('something else')]);
  const { code, stderr } = await box.run('encrypted-s3-upload-key', [], { input: ANSWERS });
  assert.equal(code, 6);
  assert.match(stderr, /is not what was stored/);
});

test('download-key writes nothing but the key to standard output', async (t) => {
  const box = new Sandbox(t);
  box.expect([{ args: ['s3', 'cp', URL, '-'], stdout: CONTENT }]);
  const args = ['default', 'eu-central-1', 'test-bucket'];
  // Like `read -r` of bash, the command strips blanks around the answer.
  const { code, stdout, stderr } = await box.run('encrypted-s3-download-key', args, {
    input: `  ${EASY_KEY}\t\n`,
  });
  assert.deepEqual([code, stdout], [0, CONTENT]);
  assert.match(
    stderr,
    /^Enter your master encryption key: \nRetrieving the key.*\n\nSuccess\. Here is your backup key:/,
  );
  assert.equal(box.calls()[0]?.key, sha256(DERIVED));
});

test('a wrong easy key, a missing key, a lack of permission and an expired session have different messages', async (t) => {
  const box = new Sandbox(t);
  const args = ['default', 'eu-central-1', 'test-bucket'];
  const forbidden = {
    ...keyIsMissing,
    times: 2,
    stderr: s3Error('AccessDenied', 'GetObject', 'Access Denied'),
  };
  const expired = {
    ...keyIsMissing,
    stderr: s3Error('ExpiredToken', 'GetObject', 'The provided token has expired.'),
  };
  for (const [replies, expected, message] of [
    [[refused, ...keyIsWrong], 5, /with another easy-to-remember key/],
    [[noEscrow, headBucket], 1, /holds no backup key/],
    [[noEscrow, bucketMissing], 1, /there is no bucket "test-bucket"/],
    [[refused, forbidden], 1, /GetObject.*Access Denied/],
    [[refused, expired], 1, /\(ExpiredToken\).*\n.*aws configure/],
  ] as const) {
    box.expect(replies);
    const { code, stdout, stderr } = await box.run('encrypted-s3-download-key', args, {
      input: `${EASY_KEY}\n`,
    });
    assert.deepEqual([code, stdout], [expected, '']);
    assert.match(stderr, message);
    box.calls();
  }
});

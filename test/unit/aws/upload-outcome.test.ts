import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concernsAllFiles, isTransient, reasonOf } from '../../../lib/aws/errors/error-kinds.js';
import { canParseName, UploadOutcome } from '../../../lib/aws/upload-outcome.js';

const TARGET = 's3://bucket/pc/docs/';
const s3 = (code: string, operation = 'PutObject') =>
  `An error occurred (${code}) when calling the ${operation} operation: Words`;
const uploaded = (path: string) => `upload: ../../run/links/${path} to ${TARGET}${path}`;
const failed = (path: string, why: string) =>
  `upload failed: ../../run/links/${path} to ${TARGET}${path} ${why}`;

/** The outcome of each path after this output of the AWS CLI and exit code 1. */
function outcomes(
  paths: readonly string[],
  output: readonly string[],
  errors: readonly string[],
): (string | undefined)[] {
  const outcome = new UploadOutcome(TARGET, paths);
  for (const line of output) outcome.readOutput(line);
  for (const line of errors) outcome.readError(line);
  return paths.map((path) => outcome.whyNotUploaded(path, false, 'last words'));
}

test('each file gets its own outcome', () => {
  assert.deepEqual(
    outcomes(['a', 'b c/d', 'e'], [uploaded('a')], [failed('b c/d', s3('SlowDown')), failed('e', 'no')]),
    [undefined, s3('SlowDown'), 'no'],
  );
});

test('a failure is found behind the word that AWS CLI 2 puts before it', () => {
  assert.deepEqual(outcomes(['a'], [], [`aws: [ERROR]: ${failed('a', s3('SlowDown'))}`]), [s3('SlowDown')]);
});

test('a name may be the beginning of another one, in any order', () => {
  const paths = ['a', 'a b', 'a b c', 'd/a b'];
  for (const order of [paths, [...paths].reverse()]) {
    assert.deepEqual(
      outcomes(
        paths,
        [],
        order.map((path) => failed(path, `why of ${path}`)),
      ),
      paths.map((path) => `why of ${path}`),
      `${order}`,
    );
    assert.deepEqual(
      outcomes(
        order,
        [],
        paths.map((path) => `warning: Skipping file /run/links/${path}. File does not exist.`),
      ),
      order.map((path) => `warning: Skipping file /run/links/${path}. File does not exist.`),
    );
  }
  assert.deepEqual(outcomes(['a', 'a b'], [uploaded('a')], [failed('a b', 'x')]), [undefined, 'x']);
  assert.deepEqual(outcomes(['a', 'a b'], [uploaded('a b')], [failed('a', 'b x')]), ['b x', undefined]);
});

test('a reason may hold the target of another file', () => {
  assert.deepEqual(outcomes(['a', 'b'], [], [failed('a', `not sent to ${TARGET}b at all`)]), [
    `not sent to ${TARGET}b at all`,
    'last words',
  ]);
});

test('a file that is skipped was not uploaded', () => {
  for (const [prefix, why] of [
    ['', 'File does not exist.'],
    ['', 'File/Directory is not readable.'],
    ['aws: [WARNING]: ', 'File is character special device, block special device, FIFO, or socket.'],
  ]) {
    const line = `${prefix}warning: Skipping file /run/links/a.txt. ${why}`;
    assert.deepEqual(outcomes(['a.txt', 'b'], [uploaded('b')], [line]), [line, undefined]);
  }
});

test('exit code 0 means that all files are uploaded, whatever was printed', () => {
  const outcome = new UploadOutcome(TARGET, ['a', 'b']);
  assert.equal(outcome.hasNamedFiles, false);
  assert.equal(outcome.whyNotUploaded('a', true, ''), undefined);
  outcome.readError('warning: something that concerns no file');
  assert.equal(outcome.hasNamedFiles, false);
  assert.equal(outcome.whyNotUploaded('b', true, ''), undefined);
});

test("for a file without a line in the output, the reason is the AWS CLI's last line", () => {
  const lines = [
    '',
    'Completed 1 of 2',
    'upload: nothing',
    uploaded('of another file'),
    'upload: a to s3://other/a',
  ];
  assert.deepEqual(outcomes(['a'], lines, ['fatal error: x', failed('another', 'y')]), ['last words']);
  const silent = new UploadOutcome(TARGET, ['a']);
  assert.equal(silent.whyNotUploaded('a', false, ''), 'the AWS CLI does not say that it was uploaded');
});

test('a line of an uploaded file counts once', () => {
  const outcome = new UploadOutcome(TARGET, ['a']);
  assert.deepEqual(
    [uploaded('a'), uploaded('a'), uploaded('b')].map((line) => outcome.readOutput(line)),
    ['a', undefined, undefined],
  );
  assert.ok(outcome.hasNamedFiles);
});

test("names with control characters or a target in them can't be parsed from the output", () => {
  for (const path of ['a', 'a b', 'ü', 'a to b', '%', "'", '\ufffd']) assert.ok(canParseName(path), path);
  for (const path of ['a\nb', 'a\rb', '\x1b[2J', 'a\x85b', 'a\u2028b', 'a to s3://b'])
    assert.ok(!canParseName(path), JSON.stringify(path));
});

test('timeouts, throttling and broken connections are transient, refusals are not', () => {
  const passing = [
    ...['InternalError', 'ServiceUnavailable', 'SlowDown', 'RequestTimeout', 'BadDigest', '500', '503'].map(
      (code) => s3(code),
    ),
    s3('OperationAborted', 'CompleteMultipartUpload'),
    'Read timeout on endpoint URL: "https://s3.example/"',
    'Connect timeout on endpoint URL: "https://s3.example/"',
    'Could not connect to the endpoint URL: "https://s3.example/"',
    'Connection was closed before we received a valid response from endpoint URL: "https://s3.example/"',
    "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
    '[Errno 32] Broken pipe',
    'aws was ended by SIGKILL',
  ];
  const lasting = [
    ...['AccessDenied', 'EntityTooLarge', 'QuotaExceeded', 'KeyTooLongError', '403', '404', '5000'].map(
      (code) => s3(code),
    ),
    // Words in S3's message do not make the error transient.
    'An error occurred (AccessDenied) when calling the PutObject operation: Connection reset, timed out',
    '[Errno 13] Permission denied',
    'warning: Skipping file /run/links/a. File does not exist.',
    'Unable to locate credentials',
    '',
  ];
  for (const why of passing) assert.ok(isTransient(why), why);
  for (const why of lasting) assert.ok(!isTransient(why), why);
});

test('credentials, clock, region, network, certificate and a full disk concern all files', () => {
  const all = [
    'Unable to locate credentials',
    s3('InvalidAccessKeyId'),
    s3('ExpiredToken'),
    s3('RequestTimeTooSkewed'),
    s3('PermanentRedirect'),
    'Could not connect to the endpoint URL: "https://s3.example/"',
    'SSL validation failed for https://s3.example/ certificate verify failed',
    '[Errno 28] No space left on device',
  ];
  const one = [s3('AccessDenied'), s3('SlowDown'), s3('EntityTooLarge'), '[Errno 13] Permission denied', ''];
  for (const why of all) assert.ok(concernsAllFiles(why), why);
  for (const why of one) assert.ok(!concernsAllFiles(why), why);
});

test('reasons are compared by their code, not by their words', () => {
  assert.equal(reasonOf('An error occurred (SlowDown) when calling the PutObject operation: a'), 'SlowDown');
  assert.equal(reasonOf(`${s3('SlowDown')} of another file`), 'SlowDown');
  assert.notEqual(reasonOf(s3('AccessDenied')), reasonOf(s3('SlowDown')));
  assert.equal(reasonOf('Unable to locate credentials'), 'no-credentials');
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  callsBeforeUploadOfChanged,
  escrowFound,
  escrowMissing,
  firstRun,
  goodRun,
  keyIsRight,
  listing,
  noRecord,
  recordMissing,
  recordStored,
  s3Error,
  syncDone,
  uploadDone,
  verification,
} from '../fakes/replies.js';
import { KEY, Sandbox } from '../fakes/sandbox.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('a run that succeeds is silent, and every call has the right arguments and environment', async (t) => {
  const box = new Sandbox(t);
  box.write('notes.txt', 'notes');
  box.expect(firstRun('notes', 'notes.txt'));
  const outcome = await box.run('encrypted-s3-sync', [box.config({ AWS_PROFILE: 'backup' })]);
  assert.deepEqual(outcome, { code: 0, signal: null, stdout: '', stderr: '' });

  const calls = box.calls();
  const proof = calls.filter(({ argv }) => argv.some((it) => it.includes('backup.info/probe/')));
  assert.deepEqual([calls.length, proof.length], [17, 6]);
  for (const { argv, environment } of calls) {
    assert.deepEqual(argv.slice(0, 10), [
      '--profile',
      'backup',
      '--output',
      'text',
      '--region',
      'eu-central-1',
      '--cli-read-timeout',
      '60',
      '--cli-connect-timeout',
      '60',
    ]);
    assert.equal(environment['LC_ALL'], 'C.UTF-8');
    assert.equal(environment['AWS_PAGER'], '');
  }
  const sync = calls.find((call) => call.argv.includes('sync'));
  assert.deepEqual(sync?.argv.slice(10), [
    's3',
    'sync',
    box.source,
    's3://test-bucket/pc/docs/',
    '--no-follow-symlinks',
    '--no-guess-mime-type',
    '--sse-c',
    'AES256',
    '--sse-c-key',
    'fileb:///dev/fd/3',
    '--storage-class',
    'STANDARD_IA',
    '--content-type',
    'application/octet-stream',
  ]);
  const keys = calls.map((call) => call.key).filter((key) => key !== null);
  assert.deepEqual(keys.filter((key) => key === sha256(KEY)).length, 4);
  const ofProof = proof.map((call) => call.key).filter((key) => key !== null);
  assert.equal(ofProof.length, 4);
  assert.ok(!ofProof.includes(sha256(KEY)), 'the proof needs no key that counts');
  assert.equal(keys.length - ofProof.length, 5, 'one is the wrong key');
});

test('a run logs to syslog with the tag of the original script', async (t) => {
  const box = new Sandbox(t);
  box.write('notes.txt', 'notes');
  const uploads =
    'upload: ./a to s3://b/a\nCompleted 1 KiB/2 KiB (3 KiB/s) with ~1 file(s) remaining\rupload: ./b to s3://b/b\n';
  box.expect(firstRun('notes', 'notes.txt', 'pc/docs/', { ...syncDone, stdout: uploads }));
  let pid = 0;
  await box.run('encrypted-s3-sync', [box.config()], { onStart: (child) => (pid = child.pid ?? 0) });
  const log = box.syslog();
  for (const line of [
    'Uploaded about 2 files.',
    'In the backup: 1 files, 5 bytes.',
    'All done. Transferred 2 files.',
  ])
    assert.ok(log.includes(`<14>${line}`), log.join('\n'));
  assert.ok(log.includes(`<14>Verified "${box.source}/notes.txt".`));
  const args = readFileSync(join(box.folder, 'logger-arguments'), 'utf8');
  assert.equal(args, `--tag encrypted-s3-sync[${pid}] --prio-prefix\n`);
});

test('a run without any logger goes on', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.fake('logger', 'exit 1');
  box.expect(goodRun('a'));
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.deepEqual([outcome.code, outcome.stderr], [0, '']);
  box.calls();
});

test('a run warns on stderr and in syslog of a key that is not escrowed', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect([escrowMissing, ...goodRun('a').slice(1)]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^encrypted-s3-sync\[\d+\]: WARNING: You have not backed up your encryption key, yet\.\n$/,
  );
  assert.ok(box.syslog().includes('<10>WARNING: You have not backed up your encryption key, yet.'));
  box.calls();
});

test('settings of the config reach the AWS CLI', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect([
    escrowFound,
    recordMissing(''),
    listing({}, ''),
    { args: ['s3', 'cp', 's3://test-bucket/', '--recursive', '--follow-symlinks'] },
    listing({ a: 'a' }, ''),
    recordStored,
    ...verification('a'),
  ]);
  const config = box.config({
    AWS_STORAGE_CLASS: 'STANDARD',
    AWS_ENDPOINT_URL: 'https://s3.example.com',
    AWS_NET_TIMEOUT: '7',
    FOLLOW_SYMLINKS: 'yes',
    REMOTE_DIR_PREFIX: '',
  });
  assert.equal((await box.run('encrypted-s3-sync', [config])).code, 0);
  const calls = box.calls();
  const upload = calls.find((call) => call.argv.includes('s3://test-bucket/'))?.argv.join(' ') ?? '';
  assert.match(upload, /--cli-read-timeout 7 .*--endpoint-url https:\/\/s3\.example\.com s3 cp/);
  assert.match(upload, /s3:\/\/test-bucket\/ --recursive --follow-symlinks --no-progress --no-guess/);
  assert.match(upload, /--storage-class STANDARD /);
  for (const { environment } of calls) {
    assert.equal(environment['AWS_REQUEST_CHECKSUM_CALCULATION'], 'when_required');
  }
});

test('variables that the config exports reach the AWS CLI', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect(goodRun('a'));
  writeFileSync(box.config(), `export AWS_CA_BUNDLE=~/ca.pem\n`, { flag: 'a' });
  assert.equal((await box.run('encrypted-s3-sync', [box.configFile])).code, 0);
  for (const { environment } of box.calls())
    assert.equal(environment['AWS_CA_BUNDLE'], `${box.folder}/ca.pem`);
});

test('a key that the environment holds is not passed on', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect(goodRun('a'));
  const environment = { ENCRYPTION_KEY: KEY };
  assert.equal((await box.run('encrypted-s3-sync', [box.config()], { environment })).code, 0);
  box.calls();
});

test('warnings of the AWS CLI go to syslog, and the listing shows which files are in the backup', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const stderr = 'warning: Skipping file /data/pipe. File is character special device, ...\n';
  box.expect(firstRun('a', 'a', 'pc/docs/', { ...syncDone, exitCode: 2, stderr }));
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.deepEqual(outcome, { code: 0, signal: null, stdout: '', stderr: '' });
  assert.ok(box.syslog().some((line) => line.includes('Skipping file /data/pipe')));
});

test('a file that fails to be uploaded is sent again, and named if that fails too', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.write('b', 'b');
  const stderr = `upload failed: ./b to s3://test-bucket/pc/docs/b ${s3Error('InternalError', 'PutObject', 'x').trim()}\n`;
  const runs = `s3://test-bucket/backup.info/runs/pc/docs/`;
  box.expect([
    escrowFound,
    noRecord,
    { ...listing({ a: 'a' }), times: 2 },
    keyIsRight,
    { ...uploadDone, exitCode: 1, stderr, times: 3 },
    { args: ['--recursive', runs] },
    ...verification('a'),
  ]);
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(outcome.code, 3, outcome.stderr);
  assert.match(
    outcome.stderr,
    /^\S+: ERROR: ".*\/source\/b" is not in the backup as it is: its upload failed: An error occurred \(InternalError\) .*\n\S+: HINT: The server is busy.*\n$/,
  );
  const uploads = box.calls().filter(({ argv }) => argv.includes('s3://test-bucket/pc/docs/'));
  assert.equal(uploads.length, 3);
});

test('after a first upload that fails as a whole, the missing files are sent by name', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const stderr = `fatal error: ${s3Error('InternalError', 'ListObjectsV2', 'x').trim()}\n`;
  box.expect([
    escrowFound,
    noRecord,
    { ...listing({}), times: 2 },
    { ...syncDone, exitCode: 1, stderr },
    uploadDone,
    listing({ a: 'a' }),
    recordStored,
    ...verification('a'),
  ]);
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.deepEqual(outcome, { code: 0, signal: null, stdout: '', stderr: '' });
  box.calls();
});

test('an upload that fails as a whole ends the run with the message of the original', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const stderr = `fatal error: ${s3Error('NoSuchBucket', 'PutObject', 'x').trim()}\n`;
  box.expect([...callsBeforeUploadOfChanged(), { ...uploadDone, exitCode: 1, stderr }]);
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /^\S+: ERROR: aws CLI command failed; aborting! aws s3 cp: /);
  box.calls();
});

test('exit code 2 of the AWS CLI without a warning is a failure', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const wrong = 'aws: error: argument --storage-class: Invalid choice, valid choices are:\n';
  box.expect([...callsBeforeUploadOfChanged(), { ...uploadDone, exitCode: 2, stderr: wrong }]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 1);
  assert.match(stderr, /argument --storage-class/);
});

test('a profile that would have the AWS CLI write the key to disk is refused', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  writeFileSync(join(box.folder, 'aws-config'), '[default]\ncli_history = enabled\n');
  const environment = { AWS_CONFIG_FILE: join(box.folder, 'aws-config') };
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()], { environment });
  assert.equal(code, 1);
  assert.match(stderr, /cli_history.*HINT: Turn it off: aws configure set cli_history disabled/s);
  box.calls();
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  asked,
  escrowMissing,
  escrowThere,
  goodRun,
  keyFits,
  listing,
  noRecord,
  recordMissing,
  recordStored,
  s3Error,
  syncDone,
  verification,
  withoutKey,
  withWrongKey,
} from '../fakes/replies.js';
import { KEY, Sandbox } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

const noBucket = {
  ...escrowMissing,
  exitCode: 254,
  stderr: s3Error('NoSuchBucket', 'ListObjectsV2', 'The specified bucket does not exist'),
};
const nothingToList = { ...listing({}), exitCode: 254, stderr: noBucket.stderr };
/** The bucket is new, and then holds the only file. */
const firstRun = (content: string) => [
  { ...syncDone, stdout: 'upload: ./a to s3://test-bucket/pc/docs/a\n' },
  listing({ a: content }),
  recordStored,
  ...verification(content),
];
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('a good run is silent, and every call has what it needs', async (t) => {
  const box = new Sandbox(t);
  box.write('notes.txt', 'notes');
  box.expect(goodRun('notes', 'notes.txt'));
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.deepEqual(outcome, { code: 0, signal: null, stdout: '', stderr: '' });

  const calls = box.calls();
  assert.equal(calls.length, 9);
  for (const { argv, environment } of calls) {
    assert.deepEqual(argv.slice(0, 10), [
      '--profile',
      'default',
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
  assert.deepEqual(keys.filter((key) => key === sha256(KEY)).length, 5);
  assert.equal(keys.length, 6, 'one is the wrong key');
});

test('what is worth knowing goes to syslog, with the tag of the original', async (t) => {
  const box = new Sandbox(t);
  box.write('notes.txt', 'notes');
  const uploads =
    'upload: ./a to s3://b/a\nCompleted 1 KiB/2 KiB (3 KiB/s) with ~1 file(s) remaining\rupload: ./b to s3://b/b\n';
  const after = listing({ 'notes.txt': 'notes' });
  box.expect([
    ...asked('notes', 'notes.txt'),
    { ...syncDone, stdout: uploads },
    after,
    recordStored,
    ...verification('notes'),
  ]);
  let pid = 0;
  await box.run('encrypted-s3-sync', [box.config()], { onStart: (child) => (pid = child.pid ?? 0) });
  const log = box.syslog();
  assert.ok(log.includes('<14>All done. Transferred 2 files.'), log.join('\n'));
  assert.ok(log.includes(`<14>Verified "${box.source}/notes.txt".`));
  const args = readFileSync(join(box.folder, 'logger-arguments'), 'utf8');
  assert.equal(args, `--tag encrypted-s3-sync[${pid}] --prio-prefix\n`);
});

test('without a logger of any kind the run goes on', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.fake('logger', 'exit 1');
  box.expect(goodRun('a'));
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.deepEqual([outcome.code, outcome.stderr], [0, '']);
  box.calls();
});

test('a key that is not escrowed is warned about, on stderr and in syslog', async (t) => {
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

test('other settings reach the AWS CLI', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect(goodRun('a', 'a', ''));
  const config = box.config({
    AWS_STORAGE_CLASS: 'STANDARD',
    AWS_ENDPOINT_URL: 'https://s3.example.com',
    AWS_NET_TIMEOUT: '7',
    FOLLOW_SYMLINKS: 'yes',
    REMOTE_DIR_PREFIX: '',
  });
  assert.equal((await box.run('encrypted-s3-sync', [config])).code, 0);
  const calls = box.calls();
  const sync = calls.find((call) => call.argv.includes('sync'))?.argv.join(' ') ?? '';
  assert.match(sync, /--cli-read-timeout 7 .*--endpoint-url https:\/\/s3\.example\.com s3 sync/);
  assert.match(sync, /s3:\/\/test-bucket\/ --no-guess/);
  assert.match(sync, /--storage-class STANDARD /);
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

test('a missing bucket is made, with versioning, lifecycle and SSE-C allowed', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect([
    noBucket,
    noRecord,
    nothingToList,
    { args: ['create-bucket', 'LocationConstraint=eu-central-1'] },
    { args: ['put-bucket-versioning', 'Status=Enabled'] },
    { args: ['put-bucket-lifecycle-configuration'] },
    { args: ['put-bucket-encryption'] },
    ...firstRun('a'),
  ]);
  assert.equal((await box.run('encrypted-s3-sync', [box.config()])).code, 0);
  box.calls();
});

test('an AWS CLI too old to know how to allow SSE-C is given the model', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const unknown =
    'Parameter validation failed:\nUnknown parameter in ServerSideEncryptionConfiguration.Rules[0]: "BlockedEncryptionTypes"\n';
  box.expect([
    noBucket,
    noRecord,
    nothingToList,
    { args: ['create-bucket'] },
    { args: ['put-bucket-versioning'] },
    { args: ['put-bucket-lifecycle-configuration'] },
    { args: ['put-bucket-encryption'], exitCode: 252, stderr: unknown },
    { args: ['put-bucket-encryption'] },
    ...firstRun('a'),
  ]);
  assert.equal((await box.run('encrypted-s3-sync', [box.config()])).code, 0);
  const paths = box.calls().map((call) => call.environment['AWS_DATA_PATH']);
  const model = paths.find((path) => path !== undefined) ?? '';
  assert.equal(paths.filter((path) => path !== undefined).length, 1);
  assert.ok(existsSync(join(model, 's3/2006-03-01/service-2.sdk-extras.json')), model);
});

test('a server that implements no bucket settings is told in syslog, and used', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const no = { exitCode: 254, stderr: s3Error('NotImplemented', 'PutBucketX', 'A header implies ...') };
  box.expect([
    noBucket,
    noRecord,
    nothingToList,
    { args: ['create-bucket'] },
    { args: ['put-bucket-versioning'], ...no },
    { args: ['put-bucket-lifecycle-configuration'], ...no },
    { args: ['put-bucket-encryption'], ...no },
    ...firstRun('a'),
  ]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 0);
  assert.match(stderr, /^\S+: WARNING: You have not backed up your encryption key, yet\.\n$/);
  assert.equal(
    box.syslog().filter((line) => /does not implement|SSE-C was not allowed/.test(line)).length,
    3,
  );
});

test('a bucket whose set-up is forbidden is not used half-made', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect([
    noBucket,
    noRecord,
    nothingToList,
    { args: ['create-bucket'] },
    {
      args: ['put-bucket-versioning'],
      exitCode: 254,
      stderr: s3Error('AccessDenied', 'PutBucketVersioning', 'x'),
    },
  ]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 1);
  assert.match(stderr, /HINT: The bucket "test-bucket" was made, but is without versioning/);
  box.calls();
});

test('a blocked SSE-C write is explained, with the command that lifts it', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const blocked =
    'upload failed: ./a to s3://test-bucket/pc/docs/a An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:iam::1:user/x is not authorized to perform: s3:PutObject because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C).\n';
  box.expect([...asked('a'), { ...syncDone, exitCode: 1, stderr: blocked }]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /HINT: The bucket blocks encryption with your own key \(SSE-C\).*put-bucket-encryption --bucket test-bucket/,
  );
  box.calls();
});

test('warnings of the AWS CLI go to syslog: what is in the backup, the listing tells', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const stderr = 'warning: Skipping file /data/pipe. File is character special device, ...\n';
  box.expect([...asked('a'), { ...syncDone, exitCode: 2, stderr }, recordStored, ...verification('a')]);
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.deepEqual(outcome, { code: 0, signal: null, stdout: '', stderr: '' });
  assert.ok(box.syslog().some((line) => line.includes('Skipping file /data/pipe')));
});

test('a file that fails to be uploaded is sent again, and named if that fails too', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.write('b', 'b');
  const stderr = `upload failed: ./b to s3://b/b ${s3Error('InternalError', 'PutObject', 'x').trim()}\n`;
  const runs = `s3://test-bucket/backup.info/runs/pc/docs/`;
  box.expect([
    escrowThere,
    noRecord,
    { ...listing({ a: 'a' }), times: 5 },
    keyFits,
    { ...syncDone, exitCode: 1, stderr },
    { args: ['--recursive', 's3://test-bucket/pc/docs/'], exitCode: 1, stderr, times: 3 },
    { args: ['--recursive', runs] },
    ...verification('a'),
  ]);
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(outcome.code, 3, outcome.stderr);
  assert.match(
    outcome.stderr,
    /^\S+: ERROR: ".*\/source\/b" is not in the backup as it is: it is not in the bucket\.\n\S+: HINT: The AWS CLI says: upload failed: \.\/b .*InternalError.*\n$/,
  );
  box.calls();
});

test('a transfer that fails as a whole ends the run with the message of the original', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const stderr = `fatal error: ${s3Error('InternalError', 'ListObjectsV2', 'x').trim()}\n`;
  box.expect([...asked('a'), { ...syncDone, exitCode: 1, stderr }]);
  const outcome = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /^\S+: ERROR: aws CLI command failed; aborting! aws s3 sync: /);
  box.calls();
});

test('a bucket that gives back something else: exit 6', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect([...asked('a'), syncDone, ...verification('b')]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 6);
  assert.match(stderr, /Downloaded file checksum mismatch: s3:\/\/test-bucket\/pc\/docs\/a differs from/);
});

test('an object that can be read without the key, or with a wrong one: exit 6', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const right = { args: ['s3', 'cp', '-'], stdout: 'a' };
  for (const [how, replies] of [
    ['without a key', [withWrongKey, { args: ['get-object'] }, right]],
    ['with a wrong key', [{ args: ['get-object', '--sse-customer-key'] }, withoutKey, right]],
  ] as const) {
    box.expect([...asked('a'), syncDone, ...replies]);
    const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
    assert.equal(code, 6);
    assert.ok(stderr.includes(`can be read ${how}`), stderr);
    box.calls();
  }
});

test('a broken network proves nothing about the key', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const broken = {
    args: ['get-object'],
    exitCode: 255,
    stderr: 'Could not connect to the endpoint URL: "https://x/"\n',
  };
  box.expect([...asked('a'), syncDone, withWrongKey, broken, { args: ['s3', 'cp', '-'], stdout: 'a' }]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 1);
  assert.match(stderr, /Could not connect/);
});

test('a key that S3 refuses: exit 5', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const refused = {
    args: ['s3', 'cp', '-'],
    exitCode: 1,
    stderr: `fatal error: ${s3Error('403', 'HeadObject', 'Forbidden').trim()}\n`,
  };
  box.expect([...asked('a'), syncDone, withWrongKey, withoutKey, refused]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(code, 5);
  assert.match(stderr, /can't be read with ENCRYPTION_KEY: it was stored with another key/);
});

test('the verification reads a large object from a stream, not from a file', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a'.repeat(300_000));
  box.expect(goodRun('a'.repeat(300_000)));
  assert.equal((await box.run('encrypted-s3-sync', [box.config()])).code, 0);
  assert.ok(
    box.calls().some((call) => call.argv.includes('-') && call.argv.includes('s3://test-bucket/pc/docs/a')),
  );
});

test('LOCAL_LIST is the listing; an older one survives a failure', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const list = join(box.folder, `the..list${'.'.repeat(240)}`);
  const config = box.config({ LOCAL_LIST: list });
  box.expect([
    ...goodRun('a'),
    { args: ['s3', 'ls', '--recursive', '--summarize', 's3://test-bucket/pc/docs/'], stdout: 'listing\n' },
  ]);
  assert.equal((await box.run('encrypted-s3-sync', [config])).code, 0);
  assert.equal(readFileSync(list, 'utf8'), 'listing\n');
  box.calls();

  const full = '[Errno 28] No space left on device\n';
  box.expect([...goodRun('a'), { args: ['s3', 'ls'], stdout: 'half', exitCode: 255, stderr: full }]);
  const { code, stderr } = await box.run('encrypted-s3-sync', [config]);
  assert.equal(code, 1);
  assert.match(stderr, /The backup is done, but LOCAL_LIST .* was not written\..*No space left/);
  assert.equal(readFileSync(list, 'utf8'), 'listing\n');
});

test('an empty prefix gives an empty LOCAL_LIST, not an error; a device is not replaced', async (t) => {
  const box = new Sandbox(t);
  const list = join(box.folder, 'list');
  const empty = [escrowThere, noRecord, listing({}), syncDone, recordStored];
  box.expect([...empty, { args: ['s3', 'ls'], exitCode: 1, stdout: '\nTotal Objects: 0\n' }]);
  assert.equal((await box.run('encrypted-s3-sync', [box.config({ LOCAL_LIST: list })])).code, 0);
  assert.match(readFileSync(list, 'utf8'), /Total Objects: 0/);

  box.expect([...empty, { args: ['s3', 'ls'], exitCode: 1 }]);
  const silent = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LIST: list })]);
  assert.equal(silent.code, 1, 'a failure without a word is no empty list');
  assert.match(readFileSync(list, 'utf8'), /Total Objects: 0/);

  symlinkSync('/dev/null', join(box.folder, 'device'));
  box.expect(empty);
  const outcome = await box.run('encrypted-s3-sync', [
    box.config({ LOCAL_LIST: join(box.folder, 'device') }),
  ]);
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /is not a regular file/);
});

test('an empty, missing or wrong LOCAL_DIR empties no backup: exit 4, and no sync', async (t) => {
  const box = new Sandbox(t);
  const config = box.config();
  box.expect([escrowThere, noRecord, listing({ 'a/b': 'b' }), keyFits]);
  const empty = await box.run('encrypted-s3-sync', [config]);
  assert.equal(empty.code, 4);
  assert.match(
    empty.stderr,
    /has no files that can be read, but the backup has 1: they would be deleted\..*Gone: "a\/b"\./s,
  );
  box.calls();

  box.expect([]);
  rmSync(box.source, { recursive: true });
  const missing = await box.run('encrypted-s3-sync', [config]);
  assert.equal(missing.code, 4);
  assert.match(missing.stderr, /does not exist/);
  writeFileSync(box.source, '');
  const file = await box.run('encrypted-s3-sync', [config]);
  assert.equal(file.code, 4);
  assert.match(file.stderr, /is not a directory/);
  box.calls();
});

test('a LOCAL_DIR that is a link is what it links to', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  symlinkSync(box.source, join(box.folder, 'link'));
  box.expect(goodRun('a'));
  const config = box.config({ LOCAL_DIR: join(box.folder, 'link') });
  assert.equal((await box.run('encrypted-s3-sync', [config])).code, 0);
  assert.ok(box.calls().some((call) => call.argv.includes('sync') && call.argv.includes(box.source)));
});

test('exit code 2 of the AWS CLI without a warning is a failure', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const wrong = 'aws: error: argument --storage-class: Invalid choice, valid choices are:\n';
  box.expect([...asked('a'), { ...syncDone, exitCode: 2, stderr: wrong }]);
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

test('a name that begins with a dash is verified', async (t) => {
  const box = new Sandbox(t);
  box.write('-foo', 'a');
  box.expect(goodRun('a', '-foo', ''));
  assert.equal((await box.run('encrypted-s3-sync', [box.config({ REMOTE_DIR_PREFIX: '' })])).code, 0);
  assert.equal(box.calls().filter((call) => call.argv.includes('--key=-foo')).length, 3);
});

test('an empty LOCAL_DIR is fine while the bucket holds nothing but the escrowed key', async (t) => {
  const box = new Sandbox(t);
  const escrow = listing({ 'backup.info/key/data': 'x' }, '');
  box.expect([escrowThere, recordMissing(''), escrow, syncDone, recordStored]);
  assert.equal((await box.run('encrypted-s3-sync', [box.config({ REMOTE_DIR_PREFIX: '' })])).code, 0);
  box.calls();
});

test('without a prefix, a local backup.info is refused', async (t) => {
  const box = new Sandbox(t);
  box.write('backup.info/x', 'x');
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config({ REMOTE_DIR_PREFIX: '' })]);
  assert.equal(code, 4);
  assert.match(stderr, /backup\.info\/ is reserved/);
  box.calls();
});

test('`..` after a link is where the kernel finds it: for LOCAL_DIR, LOCAL_LOCK and LOCAL_LIST', async (t) => {
  const world = new BucketWorld(t);
  const inner = join(world.folder, 'elsewhere/inner');
  mkdirSync(inner, { recursive: true });
  symlinkSync(inner, join(world.folder, 'link'));
  mkdirSync(join(world.folder, 'elsewhere/data/cache'), { recursive: true });
  mkdirSync(join(world.folder, 'data'));
  for (const name of ['a', 'cache/b']) writeFileSync(join(world.folder, 'elsewhere/data', name), name);
  writeFileSync(join(world.folder, 'list'), 'of somebody else');
  world.config({ LOCAL_DIR: 'link/../data', LOCAL_LOCK: 'link/../lock', LOCAL_LIST: 'link/../list' });
  writeFileSync(world.configFile, "EXCLUDE=('cache/*')\n", { flag: 'a' });
  world.onCall('*" s3 sync "*', `ls -d "${world.folder}"/*.lock "${world.folder}"/elsewhere/*.lock >&2`);
  for (const _ of [1, 2]) {
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
  }
  assert.deepEqual(world.stored(), ['a']);
  assert.deepEqual(readdirSync(join(world.folder, 'elsewhere')).sort(), ['data', 'inner', 'list', 'lock']);
  assert.equal(readFileSync(join(world.folder, 'list'), 'utf8'), 'of somebody else');
  assert.ok(!existsSync(join(world.folder, 'lock')));
  assert.match(world.syslog().join('\n'), /\/elsewhere\/lock\.lock/);
  assert.doesNotMatch(world.syslog().join('\n'), new RegExp(`${world.folder}/lock\\.lock`));
});

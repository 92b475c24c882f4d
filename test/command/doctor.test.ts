// `encrypted-s3 doctor` finds what is wrong with a backup, and names the remedy.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { s3Error } from '../fakes/replies.js';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { OTHER_KEY } from './bucket-world.js';
import { answers, type Examined, examine, find, stateOf, worldWithBucket } from './doctor-world.js';

test('a version that was not removed because the call failed proves no lack of a right', async (t) => {
  const world = worldWithBucket(t);
  world.makeBucket();
  world.onCall('*delete-object*--version-id=*', answers(s3Error('InternalError', 'DeleteObject', 'x')));
  assert.equal(stateOf(await examine(world), 'rights'), 'not checked');
});

test('a backup that is complete, fresh and watched gets warnings of its escrow and schedule alone', async (t) => {
  const world = worldWithBucket(t);
  world.config({ ON_FAILURE: 'true' });
  await examine(world, '--fix', '--yes');
  world.onCall('*delete-object*--version-id=*', answers(s3Error('AccessDenied', 'DeleteObject', 'x')));
  assert.equal((await world.sync()).code, 0);
  const examined = await examine(world);
  const warned = examined.findings.filter(({ state }) => state !== 'ok').map(({ check }) => check);
  // A container may have no syslog.
  assert.deepEqual(
    warned.filter((check) => check !== 'syslog'),
    ['schedule', 'escrow'],
  );
  assert.equal(find(examined, 'rights')?.text, 'these credentials can remove no older versions (tried)');
});

test('doctor does not check what depends on a failed check', async (t) => {
  const world = worldWithBucket(t);
  const expired = s3Error('ExpiredToken', 'GetCallerIdentity', 'The security token has expired');
  world.onCall('*get-caller-identity*', answers(expired));
  const examined = await examine(world);
  assert.equal(examined.code, 2);
  assert.equal(stateOf(examined, 'identity'), 'failed');
  assert.match(find(examined, 'identity')?.remedy ?? '', /aws configure/);
  assert.deepEqual(find(examined, 'escrow'), {
    check: 'escrow',
    state: 'not checked',
    text: 'identity has failed',
  });
});

test('doctor distinguishes a wrong clock, a missing bucket and a denied bucket', async (t) => {
  const world = worldWithBucket(t);
  const skewed = s3Error('RequestTimeTooSkewed', 'HeadBucket', 'The difference is too large');
  world.onCall('*head-bucket*', answers(skewed));
  assert.match(find(await examine(world), 'bucket')?.remedy ?? '', /Correct this machine's clock/);
  world.onCall('*"s3api head-bucket"*|*list-objects*', answers(s3Error('403', 'HeadBucket', 'Forbidden')));
  assert.equal(stateOf(await examine(world), 'bucket'), 'failed');
  world.onCall();
  world.bucket.exists = false;
  const missing = await examine(world);
  assert.equal(missing.code, 1);
  assert.equal(find(missing, 'versioning')?.text, 'there is no bucket');
});

test('a server that lacks calls, or a user who may not make them, does not make doctor fail', async (t) => {
  const world = worldWithBucket(t);
  world.makeBucket();
  world.onCall('*s3api\\ get-*-configuration*', answers(s3Error('NotImplemented', 'GetX', 'no')));
  const lacking = await examine(world);
  assert.deepEqual(find(lacking, 'lifecycle'), {
    check: 'lifecycle',
    state: 'not checked',
    text: 'the server does not implement it',
  });
  world.onCall('*s3api\\ get-bucket-encryption*', answers(s3Error('AccessDenied', 'GetX', 'Access Denied')));
  const denied = await examine(world);
  assert.match(find(denied, 'SSE-C allowed')?.text ?? '', /may not read/);
  assert.equal(denied.code, 1);
});

test('a server that ignores SSE-C fails', async (t) => {
  const world = worldWithBucket(t);
  world.bucket.ignoresKeys = true;
  const ignoring = await examine(world);
  assert.equal(ignoring.code, 2);
  assert.match(find(ignoring, 'SSE-C')?.text ?? '', /can be read without a key/);
  assert.equal(stateOf(ignoring, 'clock'), 'not checked');
});

test('an upload that the bucket blocks fails, with the command that lifts the block', async (t) => {
  const world = worldWithBucket(t);
  const blocked =
    'An error occurred (AccessDenied) when calling the PutObject operation: this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C).';
  world.onCall('*" s3 cp - "*', `echo '${blocked}' >&2; exit 1`);
  const examined = await examine(world);
  assert.equal(stateOf(examined, 'SSE-C'), 'failed');
  assert.match(find(examined, 'SSE-C')?.remedy ?? '', /doctor --fix|put-bucket-encryption/);
  assert.deepEqual([stateOf(examined, 'clock'), stateOf(examined, 'rights')], Array(2).fill('not checked'));
});

test('a bucket of another account or region is a warning, and a denied question is no answer', async (t) => {
  const world = worldWithBucket(t);
  const denied = (operation: string) => answers(s3Error('AccessDenied', operation, 'Access Denied'));
  world.onCall('*expected-bucket-owner*', answers(s3Error('403', 'HeadBucket', 'Forbidden')));
  const stolen = find(await examine(world), 'owner');
  assert.equal(stolen?.state, 'warning');
  assert.match(stolen?.text ?? '', /belongs to another account/);
  world.onCall('*get-bucket-location*', 'echo eu-west-1; exit 0');
  assert.match(find(await examine(world), 'region')?.remedy ?? '', /AWS_REGION=eu-west-1/);
  world.onCall('*get-bucket-location*', denied('GetBucketLocation'));
  assert.equal(stateOf(await examine(world), 'region'), 'not checked');
  world.onCall('*get-caller-identity*', denied('GetCallerIdentity'));
  const unknown = await examine(world);
  assert.deepEqual(
    ['identity', 'owner', 'bucket'].map((check) => stateOf(unknown, check)),
    ['not checked', 'not checked', 'ok'],
  );
});

test('a setting that is a slip, and places that are missing or may not be written, are reported', async (t) => {
  const world = worldWithBucket(t);
  const locked = join(world.folder, 'locked');
  mkdirSync(locked, { mode: 0o555 });
  const metrics = join(world.folder, 'nowhere/backup.prom');
  const config = world.config({ METRICS_FILE: metrics, LOCAL_DIR: '/nowhere', LOCAL_LOCK: `${locked}/lock` });
  appendFileSync(config, "EXCLUDE=('*.tmp,')\n");
  const { stdout } = await world.run('encrypted-s3', ['doctor', config, '--json'], {
    through: WITHOUT_ROOTS_RIGHTS,
    environment: { HOME: world.home, XDG_STATE_HOME: locked },
  });
  const examined = { findings: (JSON.parse(stdout) as Examined).findings };
  const states = ['config', 'LOCAL_DIR', 'ctime', 'lock', 'state folder', 'metrics file'].map(
    (check) => examined.findings.find((finding) => finding.check === check)?.state,
  );
  assert.deepEqual(states, ['warning', 'failed', 'not checked', 'failed', 'warning', 'warning']);
});

test('a state folder that a file prevents is a warning', async (t) => {
  const world = worldWithBucket(t);
  const file = join(world.folder, 'file');
  writeFileSync(file, '');
  const environment = { XDG_STATE_HOME: join(file, 'state') };
  const { stdout } = await world.run('encrypted-s3', ['doctor', world.configFile], { environment });
  assert.match(stdout, /^warning +state folder: .* can't be used: ".*\/file" is not a folder;/m);
});

test('doctor reports a wrapper of the AWS CLI that prints its own output', async (t) => {
  const world = worldWithBucket(t);
  world.bucket.settings.set('--server-side-encryption-configuration', '{"Rules":[]}');
  world.onCall('*get-bucket-encryption*', 'echo using the profile "default"');
  const found = find(await examine(world), 'versioning');
  assert.equal(found?.state, 'failed');
  assert.match(found?.remedy ?? '', /print nothing of its own/);
});

test('a difference to the clock of the server is a warning', async (t) => {
  const world = worldWithBucket(t);
  const environment = { FAKE_CLOCK_OFFSET: '300000' };
  const { stdout } = await world.run('encrypted-s3', ['doctor', world.configFile], { environment });
  assert.match(stdout, /^warning +clock: this machine's is .* behind the server's/m);
});

test('doctor names records of another key, and fails if the key is not that of its own record', async (t) => {
  const world = worldWithBucket(t);
  world.put('backup.info/runs/pc/other/last-run.json', '{}', OTHER_KEY);
  const others = find(await examine(world), 'other keys');
  assert.equal(others?.state, 'warning');
  assert.match(others?.text ?? '', /"pc\/other\/"/);
  world.put('backup.info/runs/pc/docs/last-run.json', '{}', OTHER_KEY);
  assert.equal(stateOf(await examine(world), 'last run'), 'failed');
});

test('doctor reports the config, its permissions and its mistakes separately, and checks nothing else if the config is wrong', async (t) => {
  const world = worldWithBucket(t);
  chmodSync(world.configFile, 0o644);
  const readers = find(await examine(world), 'permissions');
  assert.deepEqual([readers?.state, readers?.remedy], ['warning', `chmod 600 ${world.configFile}`]);
  world.config({ AWS_RETENTION_DAYS: 'many' });
  const wrong = await examine(world);
  assert.equal(wrong.code, 2);
  assert.match(find(wrong, 'config')?.text ?? '', /AWS_RETENTION_DAYS/);
  assert.equal(find(wrong, 'SSE-C')?.text, 'the config has to be right first');
});

test('doctor fails for a missing or redirected AWS CLI, and says what to do', async (t) => {
  const world = worldWithBucket(t);
  const config = world.config();
  const environment = { PATH: '/nonexistent', HOME: world.home };
  const { code, stdout } = await world.run('encrypted-s3', ['doctor', config], { environment });
  assert.equal(code, 2);
  assert.match(stdout, /^failed +AWS CLI: The AWS CLI was not found.*\n +Install it/m);
  assert.match(stdout, /^not checked +bucket: AWS CLI has failed$/m);
  world.onCall('*--version*', 'echo my own version; exit 0');
  assert.equal(stateOf(await examine(world), 'AWS CLI'), 'warning');
  const configFile = join(world.folder, 'aws-config');
  writeFileSync(configFile, '[default]\ncli_history = enabled\n');
  const led = { AWS_CONFIG_FILE: configFile };
  const refused = await world.run('encrypted-s3', ['doctor', config], { environment: led });
  assert.match(refused.stdout, /^failed +endpoint: The profile "default" has cli_history enabled/m);
  assert.match(refused.stdout, /^not checked +SSE-C: endpoint has failed$/m);
});

test('--test-hooks fires each hook, and says which one fails', async (t) => {
  const world = worldWithBucket(t);
  const mark = join(world.folder, 'mark');
  world.config({ ON_START: `echo "$BACKUP_EVENT" >> ${mark}`, ON_FAILURE: 'exit 9' });
  const examined = await examine(world, '--test-hooks');
  assert.equal(stateOf(examined, 'ON_START'), 'ok');
  assert.equal(find(examined, 'ON_FAILURE')?.text, 'has failed: the command ended with exit code 9');
  assert.equal(stateOf(examined, 'ON_SUCCESS'), undefined);
});

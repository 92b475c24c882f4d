import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allBlocked } from '../../../../lib/aws/bucket-settings/bucket-settings.js';
import { planBucketSettings } from '../../../../lib/aws/bucket-settings/plan.js';
import { judgeVersion } from '../../../../lib/health/doctor/aws-program.js';
import { judgeRegion } from '../../../../lib/health/doctor/bucket.js';
import { exitCodeOf, failed, notChecked, ok, warning } from '../../../../lib/health/doctor/finding.js';
import { judgeCredentials, judgeIdentity } from '../../../../lib/health/doctor/identity.js';
import { judgeHooks, judgeLock, judgeRoom, judgeSyslog } from '../../../../lib/health/doctor/machine.js';
import { judgeEscrow, judgeLastRun } from '../../../../lib/health/doctor/records.js';
import { judgeSchedules, type KnownSchedule } from '../../../../lib/health/doctor/schedule.js';
import { judgeObjectLock, judgeSettings } from '../../../../lib/health/doctor/settings.js';
import { judgeSource } from '../../../../lib/health/doctor/source.js';
import { judgeClock, judgeRights } from '../../../../lib/health/doctor/sse-c.js';
import type { LastRun } from '../../../../lib/records/last-run.js';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const DAY = 86_400;
const PLACE = { profile: 'p', configFile: '/c', localDir: '/d' };

test('the exit code is that of the worst finding, and what was not checked does not count', () => {
  const [good, unknown] = [ok('a', ''), notChecked('b', '')];
  assert.equal(exitCodeOf([good, unknown]), 0);
  assert.equal(exitCodeOf([good, warning('c', '', '')]), 1);
  assert.equal(exitCodeOf([failed('d', '', ''), warning('c', '', '')]), 2);
});

test('version 1 of the AWS CLI is mentioned, and is a warning once AWS has ended its support', () => {
  const version1 = 'aws-cli/1.45.11 Python/3.11.7 Linux/6 botocore/1.43.11\n';
  const at = (words: string, day: string) => judgeVersion(words, undefined, Date.parse(day));
  assert.deepEqual(at('aws-cli/2.31.5 Python/3.13.7', '2028-01-01'), ok('AWS CLI', 'version 2.31.5'));
  assert.deepEqual(at(version1, '2026-08-04'), ok('AWS CLI', 'version 1.45.11'));
  assert.match(at(version1, '2027-07-14').text, /^version 1\.45\.11; AWS ends the support/);
  assert.equal(at(version1, '2027-07-14').state, 'ok');
  assert.equal(at(version1, '2027-07-15').state, 'warning');
  assert.equal(at('hello', '2026-01-01').state, 'warning');
});

test('credentials that expire are a warning, and expired ones a failure', () => {
  const judge = (profile: Record<string, string>, environment = {}, inherited = {}) =>
    judgeCredentials(PLACE, profile, environment, inherited, NOW).state;
  const key = { aws_access_key_id: 'x', aws_secret_access_key: 'y' };
  assert.equal(judge(key), 'ok');
  assert.equal(judge({ role_arn: 'x', source_profile: 'y' }), 'ok');
  assert.equal(judge({}), 'ok');
  assert.equal(judge({ ...key, mfa_serial: 'x' }), 'failed');
  assert.equal(judge({ sso_session: 'x' }), 'warning');
  const session = { ...key, aws_session_token: 'z' };
  assert.equal(judge(session), 'warning');
  assert.equal(judge({ ...session, x_security_token_expires: '2026-11-27T11:00:00Z' }), 'failed');
  assert.equal(judge({ ...session, expiration: '2026-11-27T13:00:00Z' }), 'warning');
  const variables = { AWS_ACCESS_KEY_ID: 'x' };
  assert.equal(judge({}, variables, variables), 'warning');
  assert.equal(judge({}, variables, {}), 'ok');
  assert.equal(judge({}, { ...variables, AWS_SESSION_TOKEN: 'z' }), 'warning');
  for (const name of ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_FULL_URI']) {
    assert.equal(judge({}, { [name]: 'x' }, { [name]: 'x' }), 'warning');
    assert.equal(judge({}, { [name]: 'x' }), 'ok');
    assert.equal(judge(key, { [name]: 'x' }, { [name]: 'x' }), 'ok');
  }
});

test('no finding quotes a secret of the credentials', () => {
  const profile = { aws_access_key_id: 'ID', aws_secret_access_key: 'SECRET', aws_session_token: 'TOKEN' };
  const found = JSON.stringify(judgeCredentials(PLACE, profile, {}, {}, NOW));
  assert.doesNotMatch(found, /ID|SECRET|TOKEN/);
});

test('the root user of the account is the wrong one for a backup', () => {
  assert.equal(judgeIdentity('arn:aws:iam::1:user/backup', '/c').state, 'ok');
  assert.equal(judgeIdentity('arn:aws:iam::1:root', '/c').state, 'warning');
});

test('a bucket in another region is a warning that names the right one', () => {
  assert.equal(judgeRegion('eu-west-1', 'eu-west-1', '/c').state, 'ok');
  assert.match(judgeRegion('eu-west-1', 'us-east-1', '/c').remedy ?? '', / AWS_REGION=eu-west-1 >> \/c$/);
});

test('a clock may be a minute off the whole seconds of the server', () => {
  const second = (offset: number) => new Date(NOW + offset * 1000).toISOString();
  const judge = (stored: string | undefined) => judgeClock(stored, NOW, NOW + 2000);
  for (const stored of [second(0), second(-1), second(2), second(60), second(-60), undefined, 'x'])
    assert.equal(judge(stored).state, 'ok', stored);
  assert.match(judge(second(600)).text, /9 min 58 s behind the server/);
  assert.match(judge(second(-600)).text, /9 min 59 s ahead of the server/);
});

test('credentials that can remove versions are a warning, and without versions there is nothing to try', () => {
  const states = (['done', 'denied', 'failed', 'no versions'] as const).map(
    (removal) => judgeRights({ removal }, '/c').state,
  );
  assert.deepEqual(states, ['warning', 'ok', 'not checked', 'not checked']);
});

test('versioning that is suspended is a warning, a rule that expires files a failure, a longer history in order', () => {
  const judge = (status: 'enabled' | 'suspended', rule: object) => {
    const settings = {
      versioning: { value: status },
      lifecycle: { value: { Rules: [{ ID: 'r', Status: 'Enabled', Filter: { Prefix: '' }, ...rule }] } },
      encryption: { value: [] },
      publicAccess: { value: allBlocked() },
    } as const;
    const retention = { days: 30, prefixes: ['pc/'] };
    const aws = { bucket: 'b', commandFor: (args: readonly string[]) => args.join(' ') };
    const steps = planBucketSettings('b', settings, retention);
    return judgeSettings(settings, steps, retention, aws).map(({ check, state }) => `${check} ${state}`);
  };
  const kept = {
    Expiration: { ExpiredObjectDeleteMarker: true },
    NoncurrentVersionExpiration: { NoncurrentDays: 90 },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
  };
  const fine = ['versioning ok', 'lifecycle ok', 'SSE-C allowed ok', 'public access ok'];
  assert.deepEqual(judge('enabled', kept), fine);
  assert.deepEqual(judge('suspended', kept), ['versioning warning', ...fine.slice(1)]);
  assert.ok(judge('enabled', { ...kept, Expiration: { Days: 7 } }).includes('lifecycle failed'));
});

test('Object Lock is in order in each form, and its text says what it protects', () => {
  const lock = (DefaultRetention?: { Mode: string; Days?: number; Years?: number }) =>
    judgeObjectLock({ ObjectLockConfiguration: DefaultRetention ? { Rule: { DefaultRetention } } : {} }).text;
  assert.deepEqual(judgeObjectLock(undefined), ok('Object Lock', 'off'));
  assert.match(lock(), /protects nothing yet/);
  assert.match(lock({ Mode: 'COMPLIANCE', Days: 30 }), /^on: for 30 days nobody can remove/);
  assert.match(lock({ Mode: 'GOVERNANCE', Years: 1 }), /^on: for 1 year nobody without a special right can/);
});

test('an old run and an old full check are warnings', () => {
  const run = (hours: number, more: Partial<LastRun> = {}) => {
    const ended = new Date(NOW - hours * 3_600_000).toISOString();
    return { ended, started: ended, isIncomplete: false, lastFullCheck: ended, ...more } as LastRun;
  };
  const expected = { maxAge: 2 * DAY, fullCheckHours: 20, configFile: '/c' };
  const states = (lastRun: LastRun | undefined) =>
    judgeLastRun(lastRun, expected, NOW).map(({ check, state }) => `${check} ${state}`);
  assert.deepEqual(states(undefined), ['last run warning']);
  assert.deepEqual(states(run(30)), ['last run ok', 'full check ok']);
  assert.deepEqual(states(run(50)), ['last run warning', 'full check ok']);
  assert.deepEqual(states(run(1, { isIncomplete: true })), ['last run warning', 'full check ok']);
  const longAgo = new Date(NOW - 69 * 3_600_000).toISOString();
  assert.deepEqual(states(run(1, { lastFullCheck: longAgo })), ['last run ok', 'full check warning']);
});

test('an escrow is in order once it is of this key and was tried', () => {
  const state = (...[escrow, tried]: [Parameters<typeof judgeEscrow>[0], number?]) =>
    judgeEscrow(escrow, tried, '/c', NOW).state;
  for (const escrow of ['none', 'of another key', 'of an unknown key'] as const)
    assert.equal(state(escrow, NOW), 'warning');
  assert.equal(state('of this key'), 'warning');
  const tried = judgeEscrow('of this key', NOW - DAY * 1000, '/c', NOW);
  assert.equal(tried.state, 'ok');
  assert.match(tried.text, /last tried .*, 1 day ago/);
});

test('a lock that is held names its holder, and one that cannot be made is a failure', () => {
  const holder = { pid: 7, program: 'encrypted-s3-sync', since: NOW };
  assert.match(
    judgeLock('/l', holder, undefined, '/c').text,
    /held by PID 7 \(encrypted-s3-sync\) since 2026-11-27/,
  );
  assert.equal(judgeLock('/l', holder, undefined, '/c').state, 'ok');
  assert.equal(judgeLock('/no/l', undefined, 'no such file or folder', '/c').state, 'failed');
});

test('little room, no syslog and no hook for failures are warnings', () => {
  const room = (free: number) => judgeRoom({ folder: '/tmp', free }).state;
  assert.deepEqual([room(1e9), room(1e6)], ['ok', 'warning']);
  assert.deepEqual([judgeSyslog(true, false).state, judgeSyslog(false, true).state], ['ok', 'warning']);
  const none = { onStart: undefined, onSuccess: undefined, onWarning: undefined, onFailure: undefined };
  assert.equal(judgeHooks({ ...none, onStart: 'x' }, '/c').state, 'warning');
  const finding = judgeHooks({ ...none, onFailure: 'https://ping.example/secret' }, '/c');
  assert.equal(finding.state, 'ok');
  assert.doesNotMatch(finding.text, /secret/);
});

test('a schedule that is off, or whose run has failed, is a failure', () => {
  const known: KnownSchedule = {
    scheduler: { kind: 'systemd', linger: undefined },
    isEnabled: true,
    nextRun: NOW,
    lastRun: NOW,
    exitCode: 0,
    flags: [],
    missing: [],
  };
  const state = (more: Partial<KnownSchedule>) => judgeSchedules([{ ...known, ...more }], '/c')[0]?.state;
  assert.equal(state({}), 'ok');
  assert.equal(state({ exitCode: 3 }), 'ok');
  assert.equal(state({ exitCode: 75 }), 'failed');
  assert.equal(state({ isEnabled: false }), 'failed');
  assert.equal(state({ scheduler: { kind: 'systemd', linger: 'loginctl enable-linger a' } }), 'warning');
  const gone = { flags: ['--at', '3:30'], missing: ['/opt/node', '/opt/encrypted-s3'] };
  assert.deepEqual(judgeSchedules([{ ...known, ...gone }], '/c'), [
    failed(
      'schedule',
      'that of systemd lacks "/opt/node" and "/opt/encrypted-s3"',
      'encrypted-s3 schedule --at 3:30 /c',
    ),
  ]);
  const weak = judgeSchedules([known], '/c', { text: 'somebody may', remedy: 'chmod go-w /opt' });
  assert.deepEqual(weak[1], warning('schedule', 'somebody may', 'chmod go-w /opt'));
  const [none] = judgeSchedules([], "/it's");
  assert.deepEqual([none?.state, none?.remedy], ['warning', "encrypted-s3 schedule '/it'\\''s'"]);
});

test('a file that cannot be stored is named with the line that leaves it out, and a special file is no warning', () => {
  const source = {
    files: 2,
    bytes: 2048,
    obstacles: new Map([
      ['unreadable', { count: 3, first: '/d/secret' }],
      ['special', { count: 1, first: '/d/pipe' }],
    ] as const),
    typesWithoutCtime: [0x4d44],
    exclude: "EXCLUDE=('/secret')",
  };
  const [whole, unreadable, ctime, ...none] = judgeSource({ ...PLACE, compareContent: false }, source);
  assert.deepEqual(none, []);
  assert.match(whole?.text ?? '', /2 files, 2\.0 KiB; left out: "\/d\/pipe" is neither a file nor a folder$/);
  assert.match(unreadable?.text ?? '', /"\/d\/secret" can't be read by this user, and 2 others like it/);
  assert.equal(unreadable?.remedy, `printf '\\n%s\\n' 'EXCLUDE=('\\''/secret'\\'')' >> /c`);
  assert.deepEqual([whole?.state, unreadable?.state, ctime?.state], ['ok', 'warning', 'warning']);
  assert.equal(judgeSource({ ...PLACE, compareContent: true }, source).at(-1)?.state, 'ok');
});

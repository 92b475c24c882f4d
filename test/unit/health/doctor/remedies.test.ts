// The doctor's remedies are correct shell commands.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { judgeVersion } from '../../../../lib/health/doctor/aws-program.js';
import { judgeRegion } from '../../../../lib/health/doctor/bucket.js';
import type { Finding } from '../../../../lib/health/doctor/finding.js';
import { judgeCredentials, judgeIdentity } from '../../../../lib/health/doctor/identity.js';
import { judgeHooks, judgeLock, judgeRoom, judgeSyslog } from '../../../../lib/health/doctor/machine.js';
import { judgeEscrow, judgeLastRun } from '../../../../lib/health/doctor/records.js';
import { addToConfig } from '../../../../lib/health/doctor/remedies.js';
import { judgeSchedules } from '../../../../lib/health/doctor/schedule.js';
import { judgeSettings } from '../../../../lib/health/doctor/settings.js';
import { judgeSource } from '../../../../lib/health/doctor/source.js';
import { judgeClock, judgeRights } from '../../../../lib/health/doctor/sse-c.js';

const CONFIG = "/it's a config";
const NOW = Date.parse('2026-11-27T12:00:00Z');

/** A warning or failure of each check. */
function findings(): Finding[] {
  const place = { profile: 'a b', configFile: CONFIG, localDir: '/d', compareContent: false };
  const key = { aws_access_key_id: 'x', aws_secret_access_key: 'y' };
  const variables = { AWS_ACCESS_KEY_ID: 'x' };
  const credentials = [{ mfa_serial: 'x' }, { sso_session: 'x' }, { ...key, aws_session_token: 'z' }, {}];
  const obstacles = new Map([['unreadable', { count: 1, first: '/d/x' }]] as const);
  const source = { files: 1, bytes: 1, obstacles, typesWithoutCtime: [1], exclude: "EXCLUDE=('/a b' c)" };
  const rule = { ID: 'r', Status: 'Enabled', Filter: { Prefix: '' } } as const;
  const rules = [
    { ...rule, Expiration: { Days: 1 } },
    { ...rule, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
  ];
  const lifecycle = { value: { Rules: rules } };
  const settings = { versioning: { value: 'enabled' }, lifecycle, encryption: { value: [] } } as const;
  const aws = { bucket: 'b', commandFor: (args: readonly string[]) => `aws ${args.join(' ')}` };
  const noHooks = { onStart: undefined, onSuccess: undefined, onWarning: undefined, onFailure: undefined };
  const expected = { maxAge: 1, fullCheckHours: 1, configFile: CONFIG };
  return [
    judgeVersion('x', undefined, NOW),
    judgeRegion('eu-west-1', 'us-east-1', CONFIG),
    ...credentials.map((it) => judgeCredentials(place, it, variables, variables, NOW)),
    judgeIdentity('arn:aws:iam::1:root', CONFIG),
    judgeLock('/no/a b', undefined, 'x', CONFIG),
    judgeRoom({ folder: '/a b', free: 1 }),
    judgeSyslog(false, true),
    judgeHooks(noHooks, CONFIG),
    ...judgeLastRun(undefined, expected, NOW),
    ...(['none', 'of another key', 'of this key'] as const).map((it) =>
      judgeEscrow(it, undefined, CONFIG, NOW),
    ),
    ...judgeSchedules([], CONFIG),
    ...judgeSettings(
      { ...settings, publicAccess: { value: {} } },
      [],
      { days: 30, prefixes: [''] },
      aws,
    ).filter(({ state }) => state !== 'ok'),
    ...judgeSource(place, source).slice(1),
    judgeClock(new Date(NOW + 1e6).toISOString(), NOW, NOW),
    judgeRights({ removal: 'done' }, CONFIG),
  ];
}

test('every remedy is a command that the shell understands', () => {
  const programs = new Set<string>();
  const all = findings();
  assert.ok(all.length > 20, `${all.length}`);
  for (const { check, state, remedy } of all) {
    assert.match(state, /^(warning|failed)$/, check);
    assert.ok(remedy !== undefined, check);
    const names = [
      'aws',
      'apt',
      'curl',
      'du',
      'encrypted-s3',
      'encrypted-s3-upload-key',
      'printf',
      'timedatectl',
    ];
    const [, program = ''] = /^(\S+) /.exec(remedy) ?? [];
    assert.ok(names.includes(program), `${check}: ${remedy}`);
    execFileSync('bash', ['-n', '-c', remedy]);
    programs.add(program);
  }
  assert.ok(programs.size > 6);
});

test('a line that is added to a config means what it says, even after a line without an end', (t) => {
  const folder = mkdtempSync(join(tmpdir(), "remedies 'n"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'config');
  writeFileSync(file, 'AWS_REGION=here');
  for (const line of ['AWS_REGION=there', "EXCLUDE=('/a b' '$x!')", 'LOCAL_LOCK=~/.x.lock'])
    execFileSync('bash', ['-c', addToConfig(file, line)]);
  assert.deepEqual(readFileSync(file, 'utf8').split('\n').filter(Boolean), [
    'AWS_REGION=here',
    'AWS_REGION=there',
    "EXCLUDE=('/a b' '$x!')",
    'LOCAL_LOCK=~/.x.lock',
  ]);
});

// Whose credentials the AWS CLI uses: a named profile turns off those in variables.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { goodRun } from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';

const VARIABLES = { AWS_ACCESS_KEY_ID: 'AKIDOFVARIABLES', AWS_SECRET_ACCESS_KEY: 'secret' };

/** The profile in the arguments of each call, in a run with these files in ~/.aws. */
async function profilesOf(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  profile = 'default',
): Promise<readonly (string | undefined)[]> {
  const box = new Sandbox(t);
  box.write('a', 'a');
  mkdirSync(join(box.folder, '.aws'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(box.folder, '.aws', name), text);
  box.expect(goodRun('a'));
  const environment = { ...VARIABLES, AWS_PROFILE: 'default', AWS_DEFAULT_PROFILE: 'default' };
  const config = box.config({ AWS_PROFILE: profile });
  const { code, stderr } = await box.run('encrypted-s3-sync', [config], { environment });
  assert.equal(code, 0, stderr);
  return box.calls().map(({ argv, environment }) => {
    assert.equal(environment['AWS_ACCESS_KEY_ID'], VARIABLES.AWS_ACCESS_KEY_ID);
    const named = argv.includes('--profile') ? argv[argv.indexOf('--profile') + 1] : undefined;
    // Either variable would name a profile, too.
    if (named === undefined)
      for (const name of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']) assert.equal(environment[name], undefined);
    return named;
  });
}

test('without credentials in an AWS file, the default profile is not named: those in variables or of a role count', async (t) => {
  for (const files of [
    {},
    { config: '[default]\nregion = eu-central-1\n' },
    { config: '[profile other]\nrole_arn = arn:aws:iam::1:role/x\n', credentials: '[other]\nx = y\n' },
  ]) {
    const profiles = await profilesOf(t, files);
    assert.ok(profiles.length > 0);
    assert.ok(
      profiles.every((it) => it === undefined),
      JSON.stringify(files),
    );
  }
});

test('with credentials in an AWS file, the default profile is named, as in the original scripts', async (t) => {
  for (const files of [
    { credentials: '[default]\naws_access_key_id = AKIDOFFILE\naws_secret_access_key = x\n' },
    { config: '[default]\ncredential_process = /bin/credentials\n' },
    { config: '[profile default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = y\n' },
    { config: '[default]\nsso_session = x\n' },
  ]) {
    const profiles = await profilesOf(t, files);
    assert.ok(
      profiles.every((it) => it === 'default'),
      JSON.stringify(files),
    );
  }
});

test('any other profile is named', async (t) => {
  assert.ok((await profilesOf(t, {}, 'backup')).every((it) => it === 'backup'));
});

// The credentials that the AWS CLI uses: those of a named profile take precedence over variables.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { goodRun } from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';

const VARIABLES = { AWS_ACCESS_KEY_ID: 'AKIDOFVARIABLES', AWS_SECRET_ACCESS_KEY: 'secret' };

/** The profile in the arguments of each call of a run, with these files in ~/.aws. */
async function profilesOf(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  profile = 'default',
  variables: Readonly<Record<string, string>> = VARIABLES,
): Promise<readonly (string | undefined)[]> {
  const box = new Sandbox(t);
  box.write('a', 'a');
  mkdirSync(join(box.folder, '.aws'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(box.folder, '.aws', name), text);
  box.expect(goodRun('a'));
  const environment = { ...variables, AWS_PROFILE: 'default', AWS_DEFAULT_PROFILE: 'default' };
  const config = box.config({ AWS_PROFILE: profile });
  const { code, stderr } = await box.run('encrypted-s3-sync', [config], { environment });
  assert.equal(code, 0, stderr);
  return box.calls().map(({ argv, environment }) => {
    for (const [name, value] of Object.entries(variables)) assert.equal(environment[name], value);
    const named = argv.includes('--profile') ? argv[argv.indexOf('--profile') + 1] : undefined;
    // Both variables name a profile, too.
    if (named === undefined)
      for (const name of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']) assert.equal(environment[name], undefined);
    return named;
  });
}

test('without credentials in an AWS file, the default profile is not passed on, and variables or a role count', async (t) => {
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

test('the AWS CLI finds a web identity, or the role of a container, that variables give', async (t) => {
  for (const variables of [
    {
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/token',
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/x',
      AWS_ROLE_SESSION_NAME: 'backup',
      AWS_ENDPOINT_URL_STS: 'https://sts.example',
    },
    { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/x' },
    {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/x',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/x',
    },
  ]) {
    const profiles = await profilesOf(t, { config: '[default]\nregion = x\n' }, 'default', variables);
    assert.ok(profiles.length > 0);
    assert.ok(profiles.every((it) => it === undefined));
  }
});

test('with credentials in an AWS file, the default profile is passed on, as in the original scripts', async (t) => {
  for (const files of [
    { credentials: '[default]\naws_access_key_id = AKIDOFFILE\naws_secret_access_key = x\n' },
    { config: '[default]\ncredential_process = /bin/credentials\n' },
    { config: '[profile default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = y\n' },
    { config: '[default]\nsso_session = x\n' },
    { config: '[default]\nrole_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = /var/run/token\n' },
  ]) {
    const profiles = await profilesOf(t, files);
    assert.ok(
      profiles.every((it) => it === 'default'),
      JSON.stringify(files),
    );
  }
});

test('any other profile is always passed on', async (t) => {
  assert.ok((await profilesOf(t, {}, 'backup')).every((it) => it === 'backup'));
});

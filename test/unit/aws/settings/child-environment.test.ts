import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childEnvironment } from '../../../../lib/aws/settings/child-environment.js';
import { homeFolderOf } from '../../../../lib/cli/user-folders.js';

test('the key is removed, and without an endpoint flag no endpoint is configured', () => {
  const environment = childEnvironment(
    { ENCRYPTION_KEY: 'secret', A: 'b', HOME: '/home/anna' },
    { endpointUrl: undefined, profile: 'p' },
  );
  assert.deepEqual(environment, {
    A: 'b',
    HOME: '/home/anna',
    AWS_PAGER: '',
    AWS_CLI_AUTO_PROMPT: 'off',
    AWS_CLI_ERROR_FORMAT: 'legacy',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    LC_ALL: 'C.UTF-8',
  });
});

test('with an endpoint flag, other services keep their endpoints', () => {
  const sts = { AWS_ENDPOINT_URL_STS: 'https://sts.example' };
  const environment = childEnvironment(sts, { endpointUrl: 'https://s3.example', profile: 'p' });
  assert.equal(environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'], undefined);
  assert.equal(environment['AWS_ENDPOINT_URL_STS'], 'https://sts.example');
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_STS']) {
    const without = childEnvironment(
      { [name]: 'http://s3.example' },
      { endpointUrl: undefined, profile: 'p' },
    );
    assert.equal(without['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'], 'true', name);
  }
});

test("the user's locale is kept if it is UTF-8", () => {
  const of = (variables: NodeJS.ProcessEnv) =>
    childEnvironment(variables, { endpointUrl: undefined, profile: 'p' })['LC_ALL'];
  assert.equal(of({ LANG: 'de_DE.UTF-8' }), undefined);
  assert.equal(of({ LC_ALL: 'de_DE.utf8', LANG: 'C' }), 'de_DE.utf8');
  assert.equal(of({ LANG: 'de_DE.ISO-8859-1' }), 'C.UTF-8');
  assert.equal(of({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }), 'C.UTF-8');
});

test('plain http to this machine goes through no proxy, however the address is written', () => {
  for (const endpointUrl of ['http://127.0.0.9:1', 'HTTP://127.0.0.9:1']) {
    const environment = childEnvironment({ no_proxy: 'mine' }, { endpointUrl, profile: 'p' });
    assert.match(environment['NO_PROXY'] ?? '', /^mine,.*,127\.0\.0\.9$/);
    assert.equal(environment['no_proxy'], environment['NO_PROXY']);
  }
  assert.equal(
    childEnvironment({}, { endpointUrl: 'https://127.0.0.9', profile: 'p' })['NO_PROXY'],
    undefined,
  );
});

test('variables that lead to another endpoint or write secrets to disk are removed', () => {
  const away = {
    SSLKEYLOGFILE: '/tmp/secrets',
    AWS_DATA_PATH: '/tmp/models',
    BOTOCORE_EXPERIMENTAL__PLUGINS: 'a=b',
    AWS_CA_BUNDLE: '',
    REQUESTS_CA_BUNDLE: '',
  };
  const environment = childEnvironment(away, { endpointUrl: undefined, profile: 'p' });
  for (const name of Object.keys(away)) assert.equal(name in environment, false, name);
  const own = childEnvironment({ AWS_CA_BUNDLE: '/own.pem' }, { endpointUrl: undefined, profile: 'p' });
  assert.equal(own['AWS_CA_BUNDLE'], '/own.pem');
});

test('the AWS CLI reads its files in the same home directory as this program', () => {
  const homeFor = (HOME?: string) =>
    childEnvironment(HOME === undefined ? {} : { HOME }, { endpointUrl: undefined, profile: 'p' })['HOME'];
  assert.equal(homeFor('/home/anna'), '/home/anna');
  assert.equal(homeFor(''), homeFolderOf({}));
  assert.equal(homeFor(), homeFolderOf({}));
});

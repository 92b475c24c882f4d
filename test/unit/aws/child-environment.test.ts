import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childEnvironment } from '../../../lib/aws/child-environment.js';

test('the key never stays in it, and nothing but our flag sets the endpoint', () => {
  const environment = childEnvironment({ ENCRYPTION_KEY: 'secret', A: 'b' }, { endpointUrl: undefined });
  assert.deepEqual(environment, {
    A: 'b',
    AWS_PAGER: '',
    AWS_CLI_AUTO_PROMPT: 'off',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    LC_ALL: 'C.UTF-8',
  });
});

test("the user's locale stays", () => {
  const environment = childEnvironment({ LANG: 'de_DE.UTF-8' }, { endpointUrl: undefined });
  assert.equal(environment['LC_ALL'], undefined);
});

test('plain loopback goes past every proxy, however it is written', () => {
  for (const endpointUrl of ['http://127.0.0.9:1', 'HTTP://127.0.0.9:1']) {
    const environment = childEnvironment({ no_proxy: 'mine' }, { endpointUrl });
    assert.match(environment['NO_PROXY'] ?? '', /^mine,.*,127\.0\.0\.9$/);
    assert.equal(environment['no_proxy'], environment['NO_PROXY']);
  }
  assert.equal(childEnvironment({}, { endpointUrl: 'https://127.0.0.9' })['NO_PROXY'], undefined);
});

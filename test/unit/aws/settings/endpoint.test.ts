import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveEndpoint } from '../../../../lib/aws/settings/endpoint.js';
import { BackupError } from '../../../../lib/cli/errors.js';

const urlOf = (...settings: Parameters<typeof resolveEndpoint>) => resolveEndpoint(...settings).url;

test('nothing configured means the endpoint of AWS', () => {
  assert.equal(urlOf(undefined, {}, {}), undefined);
  assert.equal(urlOf('', { AWS_ENDPOINT_URL: '' }, {}), undefined);
});

test('the first of config, variables and profile wins', () => {
  const variables = { AWS_ENDPOINT_URL_S3: 'https://1', AWS_ENDPOINT_URL: 'https://2' };
  const profile = { 's3.endpoint_url': 'https://3', endpoint_url: 'https://4' };
  assert.equal(urlOf('https://0', variables, profile), 'https://0');
  assert.equal(urlOf(undefined, variables, profile), 'https://1');
  assert.equal(urlOf(undefined, { AWS_ENDPOINT_URL: 'https://2' }, profile), 'https://2');
  assert.equal(urlOf(undefined, {}, profile), 'https://3');
  assert.equal(urlOf(undefined, {}, { endpoint_url: 'https://4' }), 'https://4');
});

test('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS turns the endpoints of variables and profile off', () => {
  const off = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true', AWS_ENDPOINT_URL: 'http://example.com' };
  assert.equal(urlOf(undefined, off, {}), undefined);
  assert.equal(urlOf('https://0', off, {}), 'https://0');
});

test('plain http is for this machine only', () => {
  for (const fine of [
    'http://127.0.0.1:8000',
    'http://127.9.9.9',
    'http://localhost:1',
    'http://[::1]:8000',
  ]) {
    assert.equal(urlOf(fine, {}, {}), fine);
  }
  // The AWS CLI would send these addresses to a proxy.
  assert.equal(urlOf('http://127.1:9', {}, {}), 'http://127.0.0.1:9');
  assert.equal(urlOf('http://2130706433:9/', {}, {}), 'http://127.0.0.1:9');
  assert.equal(urlOf('http://127.0.0.1\\@example.com', {}, {}), 'http://127.0.0.1/@example.com');
  for (const refused of [
    'http://example.com',
    'http://10.0.0.1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'HTTP://EXAMPLE.COM',
    'http://127.0.0.1@example.com',
  ]) {
    assert.throws(() => resolveEndpoint(refused, {}, {}), /unencrypted/, refused);
    assert.throws(() => resolveEndpoint(undefined, { AWS_ENDPOINT_URL: refused }, {}), BackupError);
    assert.throws(() => resolveEndpoint(undefined, {}, { endpoint_url: refused }), BackupError);
  }
});

test('credentials in an endpoint are refused, and the message does not show them', () => {
  const refused = 'https://user:secret@s3.example.com';
  assert.throws(
    () => resolveEndpoint(undefined, { AWS_ENDPOINT_URL: refused }, {}),
    (error: Error) =>
      /https:\/\/s3\.example\.com contains a user name/.test(error.message) && !/secret/.test(error.message),
  );
});

test('an endpoint that is not a URL is refused', () => {
  for (const refused of ['example.com', 'ftp://example.com', '//example.com']) {
    assert.throws(() => resolveEndpoint(refused, {}, {}), /not an https/);
  }
});

test("other servers than Amazon's get no checksums that they may not know, unless the user sets them", () => {
  const both = {
    AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
    AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
  };
  const variablesFor = (...settings: Parameters<typeof resolveEndpoint>) =>
    resolveEndpoint(...settings).checksumVariables;
  assert.deepEqual(variablesFor('https://s3.example.com', {}, {}), both);
  assert.deepEqual(variablesFor(undefined, {}, {}), {});
  assert.deepEqual(variablesFor('https://s3.eu-west-1.amazonaws.com', {}, {}), {});
  const set = { AWS_REQUEST_CHECKSUM_CALCULATION: 'when_supported' };
  assert.deepEqual(variablesFor('https://x', set, { response_checksum_validation: 'when_supported' }), {});
});

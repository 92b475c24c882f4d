import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeyRefusal, keyRefusalIn } from '../../../../lib/aws/sse-c/wrong-key.js';

const said: readonly (readonly [KeyRefusal, string, string])[] = [
  [
    'missing',
    'InvalidRequest',
    'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
  ],
  [
    'missing',
    'InvalidArgument',
    'Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.',
  ],
  [
    'wrong',
    'AccessDenied',
    'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
  ],
  [
    'wrong',
    'InvalidArgument',
    'The calculated MD5 hash of the key did not match the hash that was provided.',
  ],
  ['none', 'AccessDenied', 'Access Denied'],
  ['none', 'AccessDenied', 'Access Denied.'],
  ['none', '403', 'Forbidden'],
  ['none', '400', 'Bad Request'],
  ['none', 'InvalidRequest', ''],
  ['none', 'InvalidArgument', 'None'],
  ['none', 'InvalidArgument', 'InvalidArgument'],
  [
    'other',
    'InvalidRequest',
    'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.',
  ],
  ['other', 'InvalidRequest', 'S3 Transfer Acceleration is not configured on this bucket'],
  ['other', 'InvalidRequest', 'The encryption parameters are not applicable to this object.'],
  ['other', 'SignatureDoesNotMatch', 'Check your key and signing method.'],
];

for (const [words, code, message] of said) {
  test(`"${code}: ${message}" is of the kind "${words}"`, () => {
    const text = `An error occurred (${code}) when calling the GetObject operation: ${message}\n`;
    assert.equal(keyRefusalIn(`\n${text}`), words);
    assert.equal(keyRefusalIn(text.replace(' operation', ' operation (reached max retries: 2)')), words);
  });
}

test("the AWS CLI's own words are not about the key", () => {
  assert.equal(keyRefusalIn('Could not connect to the endpoint URL: "https://x/"'), 'other');
});

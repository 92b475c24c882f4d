import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEY_URL } from '../../../lib/aws/arguments/object-arguments.js';
import { AwsCli } from '../../../lib/aws/aws-cli.js';
import { Interruption } from '../../../lib/cli/signals/interruption.js';
import { EncryptionKey } from '../../../lib/secrets/encryption-key.js';

test('a call that names the encryption key is not started without one', async () => {
  const aws = new AwsCli({
    profile: 'default',
    region: 'x',
    bucket: 'b',
    endpointUrl: undefined,
    netTimeout: undefined,
    environment: { PATH: '/nonexistent' },
    interruption: new Interruption(),
    log: () => undefined,
  });
  await assert.rejects(aws.run(['s3', 'cp', 'a', 'b', '--sse-c-key', KEY_URL]), /names the encryption key/);
  const keyed = aws.withKey(new EncryptionKey('x'.repeat(32)));
  await assert.rejects(keyed.run(['s3', 'cp', 'a', 'b', '--sse-c-key', KEY_URL]), /there is no "aws"/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEY_URL } from '../../../lib/aws/arguments/object-arguments.js';
import { AwsCli } from '../../../lib/aws/aws-cli.js';
import { Interruption } from '../../../lib/cli/signals/interruption.js';
import { EncryptionKey } from '../../../lib/secrets/encryption-key.js';

const SETTINGS = {
  profile: 'default',
  region: 'x',
  bucket: 'b',
  endpointUrl: undefined,
  netTimeout: undefined,
  environment: { PATH: '/nonexistent' },
  interruption: new Interruption(),
  log: () => undefined,
};
const LIST = ['s3api', 'list-objects-v2'];

/** Fails each call with what `failures` has for it, such as `list-objects-v2`; '' is success. */
class FailingAws extends AwsCli {
  readonly #failures: Readonly<Record<string, string>>;

  constructor(failures: Readonly<Record<string, string>>) {
    super(SETTINGS);
    this.#failures = failures;
  }

  override async run([, operation = '']: readonly string[]) {
    const stderr = this.#failures[operation] ?? assert.fail(`a call of ${operation}`);
    return { exitCode: stderr === '' ? 0 : 254, stdout: '', stderr };
  }
}

test('a call that names the encryption key is not started without one', async () => {
  const aws = new AwsCli(SETTINGS);
  await assert.rejects(aws.run(['s3', 'cp', 'a', 'b', '--sse-c-key', KEY_URL]), /names the encryption key/);
  const keyed = aws.withKey(new EncryptionKey('x'.repeat(32)));
  await assert.rejects(keyed.run(['s3', 'cp', 'a', 'b', '--sse-c-key', KEY_URL]), /there is no "aws"/);
});

test('an error without a reason is a missing bucket only if a HEAD request says so', async () => {
  const noReason = "argument of type 'NoneType' is not iterable\n";
  for (const [head, expected] of [
    [
      'An error occurred (404) when calling the HeadBucket operation: Not Found',
      /The bucket "b" does not exist\./,
    ],
    ['An error occurred (403) when calling the HeadBucket operation: Forbidden', /NoneType/],
    ['', /NoneType/],
  ] as const) {
    const aws = new FailingAws({ 'list-objects-v2': noReason, 'head-bucket': head });
    await assert.rejects(aws.runOrThrow(LIST), expected);
  }
});

test('an error with a reason stays as it is, without a HEAD request', async () => {
  const aws = new FailingAws({
    'list-objects-v2': 'An error occurred (NoSuchKey) when calling the ListObjectsV2 operation: x',
  });
  await assert.rejects(aws.runOrThrow(LIST), /NoSuchKey/);
});

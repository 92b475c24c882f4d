// The S3 server of the tests does what other tests rely on: it enforces SSE-C and keeps versions.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { s3ServerOfThisRun } from '../s3-server/from-environment.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';

const { endpoint, plainEndpoint, environment } = s3ServerOfThisRun();
const scratch = mkdtempSync(join(tmpdir(), 'server-test-'));
after(() => rmSync(scratch, { recursive: true }));

const content = 'some content\n';
const file = join(scratch, 'file');
writeFileSync(file, content);

/** The options of a request that carries this SSE-C key. */
function customerKey(key: string): string[] {
  const keyFile = join(scratch, key);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return ['--sse-customer-algorithm', 'AES256', '--sse-customer-key', `fileb://${keyFile}`];
}
const rightKey = customerKey('0123456789abcdef0123456789abcdef');
const wrongKey = customerKey('fedcba9876543210fedcba9876543210');

for (const { version, directory } of loadedAwsClis().slice(-1)) {
  const bucket = `server-test-${version.replaceAll('.', '-')}`;
  const othersBucket = `${bucket}-other`;

  /** Runs `aws s3api` and resolves with its exit code and output. */
  function s3api(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = { ...process.env, ...environment, PATH: [directory, process.env['PATH']].join(delimiter) };
    // Older AWS CLIs do not read AWS_ENDPOINT_URL. The last --endpoint-url wins.
    const common = ['s3api', '--output', 'text', '--endpoint-url', endpoint];
    return new Promise((resolve) => {
      execFile('aws', [...common, ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }

  async function succeeds(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await s3api(...args);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  async function isRefused(...args: string[]): Promise<string> {
    const { code, stderr } = await s3api(...args);
    assert.notEqual(code, 0, 'This should have been refused.');
    return stderr;
  }

  describe(`S3 server with AWS CLI ${version}`, { concurrency: 3 }, () => {
    before(async () => {
      await succeeds('create-bucket', '--bucket', bucket);
    });

    test('an object can be read with its key, and only with its key', async () => {
      const object = ['--bucket', bucket, '--key', 'encrypted'];
      const target = join(scratch, `download-${version}`);
      await succeeds('put-object', ...object, '--body', file, ...rightKey);
      await succeeds('get-object', ...object, ...rightKey, target);
      assert.equal(readFileSync(target, 'utf8'), content);
      await isRefused('get-object', ...object, target);
      await isRefused('get-object', ...object, ...wrongKey, target);
    });

    test('the plain-http port takes SSE-C as well', async () => {
      const object = ['--bucket', bucket, '--key', 'plain', '--body', file];
      await succeeds('put-object', ...object, ...rightKey, '--endpoint-url', plainEndpoint);
    });

    test('a deleted object is still there by its version id', async () => {
      await succeeds(
        'put-bucket-versioning',
        '--bucket',
        bucket,
        '--versioning-configuration',
        'Status=Enabled',
      );
      const object = ['--bucket', bucket, '--key', 'versioned'];
      const id = await succeeds('put-object', ...object, '--body', file, ...rightKey, '--query', 'VersionId');
      await succeeds('delete-object', ...object);
      await isRefused('head-object', ...object, ...rightKey);
      await succeeds('head-object', ...object, ...rightKey, `--version-id=${id}`);
    });

    test('the storage class STANDARD_IA is accepted', async () => {
      const object = ['--bucket', bucket, '--key', 'infrequent'];
      await succeeds('put-object', ...object, '--body', file, '--storage-class', 'STANDARD_IA');
      const stored = await succeeds('head-object', ...object, '--query', 'StorageClass');
      assert.equal(stored, 'STANDARD_IA');
    });

    test('a wrong secret is refused', async () => {
      await isRefused('list-objects-v2', '--bucket', bucket, '--profile', 'denied');
    });

    test("another account's bucket answers 403, a missing one 404", async () => {
      await succeeds('create-bucket', '--bucket', othersBucket, '--profile', 'other');
      assert.match(await isRefused('head-bucket', '--bucket', othersBucket), /\(403\)/);
      assert.match(await isRefused('head-bucket', '--bucket', `${bucket}-missing`), /\(404\)/);
    });
  });
}

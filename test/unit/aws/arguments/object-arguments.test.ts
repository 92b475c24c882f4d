import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBucket } from '../../../../lib/aws/arguments/bucket-arguments.js';
import { connectionArguments } from '../../../../lib/aws/arguments/connection-arguments.js';
import {
  download,
  headWithKey,
  headWithoutKey,
  readByteWithKey,
  readByteWithoutKey,
  readWithKey,
  readWithoutKey,
} from '../../../../lib/aws/arguments/download-arguments.js';
import { listFirst, listObjects, listObjectVersions } from '../../../../lib/aws/arguments/list-arguments.js';
import type { BucketObject } from '../../../../lib/aws/arguments/object-arguments.js';
import {
  putFromStdin,
  syncArguments,
  uploadAll,
  uploadOne,
} from '../../../../lib/aws/arguments/upload-arguments.js';
import { deleteObject } from '../../../../lib/aws/deletions.js';

const UPLOAD = { bucket: 'b', prefix: 'p/q/', storageClass: 'STANDARD_IA' };

test('profile and region are in every call, timeouts and endpoint if they are set', () => {
  const connection = { profile: 'p', region: 'r', endpointUrl: undefined, netTimeout: undefined };
  assert.deepEqual(connectionArguments(connection), ['--profile', 'p', '--output', 'text', '--region', 'r']);
  assert.deepEqual(
    connectionArguments({ ...connection, netTimeout: 60, endpointUrl: 'https://s3' }).slice(6),
    ['--cli-read-timeout', '60', '--cli-connect-timeout', '60', '--endpoint-url', 'https://s3'],
  );
});

test("sync has the original's flags, without --acl", () => {
  assert.equal(
    syncArguments('/data', UPLOAD).join(' '),
    's3 sync /data s3://b/p/q/ --no-follow-symlinks --no-guess-mime-type --sse-c AES256 ' +
      '--sse-c-key fileb:///dev/fd/3 --storage-class STANDARD_IA --content-type application/octet-stream',
  );
});

test('an upload by name prints a line for each file and follows links', () => {
  const flags = '--no-progress --no-guess-mime-type --sse-c AES256 --sse-c-key fileb:///dev/fd/3';
  assert.ok(
    uploadAll('/links', UPLOAD)
      .join(' ')
      .startsWith(`s3 cp /links s3://b/p/q/ --recursive --follow-symlinks ${flags}`),
  );
  const alone = uploadOne('/proc/1/fd/9', { bucket: 'b', key: 'p/q/new\nline' }, 'STANDARD');
  assert.deepEqual(alone.slice(0, 5), ['s3', 'cp', '/proc/1/fd/9', 's3://b/p/q/new\nline', '--no-progress']);
});

test('a bucket in us-east-1 is made without a location constraint', () => {
  assert.deepEqual(createBucket('b', 'us-east-1'), ['s3api', 'create-bucket', '--bucket', 'b']);
  assert.deepEqual(createBucket('b', 'eu-west-1').slice(4), [
    '--create-bucket-configuration',
    'LocationConstraint=eu-west-1',
  ]);
});

test('no call has a key, version id or prefix that the AWS CLI would open as an address', () => {
  for (const address of [
    'file:///etc/shadow',
    'fileb:///dev/fd/3',
    'http://169.254.169.254/',
    'https://evil.example/',
  ]) {
    const objects = [
      { bucket: 'b', key: address },
      { bucket: 'b', key: 'k', versionId: address },
    ];
    for (const object of objects) {
      for (const build of [
        (it: BucketObject) => download({ versionId: 'v', ...it }, '/dev/null'),
        headWithoutKey,
        headWithKey,
        readWithoutKey,
        readWithKey,
        readByteWithoutKey,
        readByteWithKey,
        deleteObject,
      ]) {
        assert.throws(() => build(object), /looks like a URL/);
      }
    }
    for (const list of [listFirst, listObjects, listObjectVersions])
      assert.throws(() => list('b', address), /looks like a URL/);
    // In an `s3://` URL, such a key is harmless.
    assert.ok(download({ bucket: 'b', key: address }, '-').includes(`s3://b/${address}`));
  }
});

test('no call sets an ACL, and the encryption key is always a path', () => {
  const object = { bucket: 'b', key: 'k' };
  const all = [
    syncArguments('/data', UPLOAD),
    uploadAll('/links', UPLOAD),
    putFromStdin(object, 'STANDARD'),
    download({ bucket: 'b', key: 'k' }, '-'),
    readWithKey(object),
  ];
  for (const args of all) {
    assert.equal(args.includes('--acl'), false);
    const key = args[args.findIndex((it) => /^--sse-(c|customer)-key$/.test(it)) + 1];
    assert.equal(key, 'fileb:///dev/fd/3');
  }
  assert.equal(
    readWithoutKey(object).some((it) => it.includes('sse')),
    false,
  );
});

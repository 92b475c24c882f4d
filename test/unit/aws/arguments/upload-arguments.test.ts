import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as upload from '../../../../lib/aws/arguments/upload-arguments.js';

const TARGET = { bucket: 'bucket', prefix: 'pc/docs/', storageClass: 'STANDARD' };
const OBJECT = { bucket: 'bucket', key: 'pc/docs/a' };

test('no upload deletes, sets an ACL, or goes without the encryption key', () => {
  const calls = [
    upload.syncArguments('/source', TARGET),
    upload.uploadAll('/links', TARGET),
    upload.uploadOne('/file', OBJECT, 'STANDARD'),
    upload.putFromStdin(OBJECT, 'STANDARD'),
  ];
  assert.equal(calls.length, Object.keys(upload).length);
  for (const args of calls) {
    for (const flag of ['--delete', '--acl', '--exclude']) assert.ok(!args.includes(flag), args.join(' '));
    assert.ok(args.includes('--sse-c-key'), args.join(' '));
  }
});

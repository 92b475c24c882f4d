import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { md5 } from '../../../lib/secrets/md5.js';

test('the MD5 is that of Node.js for every length around that of a block', () => {
  for (let length = 0; length < 200; length += 1) {
    for (const bytes of [randomBytes(length), Buffer.alloc(length, 0xff), Buffer.alloc(length)])
      assert.equal(md5(bytes), createHash('md5').update(bytes).digest('hex'), bytes.toString('hex'));
  }
  // RFC 1321, A.5
  assert.equal(md5(Buffer.from('message digest')), 'f96b697d7cb7938d525a2f31aaf161d0');
});

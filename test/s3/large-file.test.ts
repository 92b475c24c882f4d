// Of a large file, a part is read back, by a range of bytes with the key.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { WHOLE_UP_TO } from '../../lib/backup/verify/random.js';
import { awsClis } from '../s3-server/aws-clis.js';
import { World, withKey } from './world.js';

describe('of a large file, the verification', { concurrency: true }, () => {
  for (const cli of awsClis()) {
    test(`compares a range of bytes, and notices another object, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('large-file', cli, (remove) => t.after(remove));
      world.config();
      writeFileSync(join(world.source, '-image #1'), randomBytes(WHOLE_UP_TO + 1));
      const first = await world.sync();
      assert.equal(first.code, 0, first.stderr);
      assert.match(world.takeSyslog(), /Verified bytes \d+ to \d+ of ".*\/-image #1"/);
      const other = join(world.folder, 'other');
      writeFileSync(other, randomBytes(WHOLE_UP_TO + 1));
      await world.awsSucceeds('s3', 'cp', other, world.url('pc/docs/-image #1'), ...withKey(world.key));
      const { code, stderr } = await world.sync();
      assert.equal(code, 6, stderr);
      assert.match(stderr, /checksum mismatch: .*-image #1 differs from bytes \d+ to \d+ of/);
      // Stored without the key, its first byte is enough to tell.
      await world.awsSucceeds('s3', 'cp', other, world.url('pc/docs/-image #1'));
      const open = await world.sync();
      assert.equal(open.code, 6, open.stderr);
      assert.match(open.stderr, /can be read without a key/);
    });
  }
});

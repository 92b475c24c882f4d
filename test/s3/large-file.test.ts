// The verification of a large file reads back a range of its bytes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { WHOLE_UP_TO } from '../../lib/backup/verify/range-to-compare.js';
import type { AwsCli } from '../s3-server/aws-clis.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { World, withKey } from './world.js';

const NAME = '-image #1';

/** A world after its first run, with a file that is just too large to be verified as a whole. */
async function backedUp(t: TestContext, cli: AwsCli): Promise<World> {
  const world = new World('large-file', cli, (remove) => t.after(remove));
  world.config();
  writeFileSync(join(world.source, NAME), randomBytes(WHOLE_UP_TO + 1));
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.match(world.takeSyslog(), /Verified bytes \d+ to \d+ of ".*\/-image #1"/);
  return world;
}

describe('the verification of a large file', () => {
  for (const cli of loadedAwsClis().slice(0, -1)) {
    test(`the verification compares a range of bytes, with AWS CLI ${cli.version}`, async (t) => {
      await backedUp(t, cli);
    });
  }

  for (const cli of loadedAwsClis().slice(-1)) {
    test(`the verification detects another object by a range of bytes, with AWS CLI ${cli.version}`, async (t) => {
      const world = await backedUp(t, cli);
      const other = join(world.folder, 'other');
      writeFileSync(other, randomBytes(WHOLE_UP_TO + 1));
      await world.awsSucceeds('s3', 'cp', other, world.url(`pc/docs/${NAME}`), ...withKey(world.key));
      const { code, stderr } = await world.sync();
      assert.equal(code, 6, stderr);
      assert.match(stderr, /checksum mismatch: .*-image #1 differs from bytes \d+ to \d+ of/);
      // The first byte shows that the object was stored without the key.
      await world.awsSucceeds('s3', 'cp', other, world.url(`pc/docs/${NAME}`));
      const open = await world.sync();
      assert.equal(open.code, 6, open.stderr);
      assert.match(open.stderr, /can be read without a key/);
    });
  }
});

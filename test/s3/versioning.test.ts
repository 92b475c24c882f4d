// Versioning that was suspended after the first run.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { World } from './world.js';

describe('suspended versioning', { concurrency: true }, () => {
  for (const cli of loadedAwsClis()) {
    test(`a run warns of suspended versioning, and deletes nothing, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('suspended', cli, (remove) => t.after(remove));
      world.config();
      world.write('changes', 'old');
      world.write('goes', 'x');
      assert.equal((await world.sync()).code, 0);
      const suspend = ['--bucket', world.bucket, '--versioning-configuration', 'Status=Suspended'];
      await world.awsSucceeds('s3api', 'put-bucket-versioning', ...suspend);
      world.write('changes', 'new content');
      rmSync(join(world.source, 'goes'));
      const { code, stderr } = await world.sync();
      assert.equal(code, 0, stderr);
      assert.match(stderr, /WARNING: Versioning is suspended in the bucket "suspended-/);
      assert.match(
        stderr,
        /WARNING: Not deleting 1 object whose file is gone: versioning is suspended in the bucket/,
      );
      assert.deepEqual(await world.current(), { changes: 11, goes: 1 });
    });
  }
});

// `encrypted-s3 init --yes` on the real server sets up a backup that can be restored to a new machine.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { World } from './world.js';

const SENTENCE = 'seven green boats sing at night';

describe('encrypted-s3 init --yes', { concurrency: true }, () => {
  for (const cli of loadedAwsClis()) {
    test(`init --yes sets up a backup, and changes nothing when it runs again, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('init', cli, (remove) => t.after(remove));
      world.write('letters/a.txt', 'Dear Anna');
      world.write('notes/b.txt', 'remember');
      const flags = ['--bucket', world.bucket, '--region', 'us-east-1', '--directory', world.source];
      const init = () =>
        world.run('encrypted-s3', ['init', '--yes', ...flags, '--prefix', 'pc/docs'], {
          input: `${SENTENCE}\n`,
        });
      const { code, stdout, stderr } = await init();
      assert.equal(code, 0, `${stdout}${stderr}`);
      assert.deepEqual(await world.current(), { 'letters/a.txt': 9, 'notes/b.txt': 8 });
      const versioning = await world.awsSucceeds('s3api', 'get-bucket-versioning', '--bucket', world.bucket);
      assert.match(versioning, /Enabled/);

      const before = await world.versions();
      const again = await init();
      assert.equal(again.code, 0, again.stderr);
      assert.match(again.stdout, /Going on with the config/);
      assert.match(again.stdout, /There is a backup already/);
      assert.deepEqual(await world.versions(), before);

      mkdirSync(join(world.folder, 'bare'));
      const bare = { HOME: world.temporary, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
      const restored = join(world.folder, 'bare/restored');
      const args = ['restore', '--escrow', 'default', 'us-east-1', world.url(''), restored];
      const restore = await world.run('encrypted-s3', args, {
        input: `${SENTENCE}\n`,
        environment: { ...bare },
      });
      assert.equal(restore.code, 0, restore.stderr);
      assert.equal(readFileSync(join(restored, 'letters/a.txt'), 'utf8'), 'Dear Anna');
    });
  }
});

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { awsClis } from '../s3-server/aws-clis.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { assertNoLeak } from './leak-scan.js';
import { slowProfile, World } from './world.js';

describe('key leaks', () => {
  // The older AWS CLI is loaded once and forked: its calls look the same.
  for (const cli of [...loadedAwsClis().slice(0, -1), ...awsClis().slice(-1)]) {
    test(`other users cannot see the key during a backup and a restore, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('leak', cli, (remove) => t.after(remove));
      const config = world.config();
      for (const name of ['a', 'b', 'c', 'd', 'e']) world.write(`small/${name}`, name);
      world.write('big', 'as it was');
      const lines = await assertNoLeak(world, [world.key], async () => {
        const before = await world.sync();
        assert.equal(before.code, 0, before.stderr);
        const then = new Date().toISOString();
        world.write('big', randomBytes(20 * 1024 * 1024));
        world.write('in two\nlines', randomBytes(2 * 1024 * 1024));
        const backup = await world.sync({ environment: slowProfile(world, '10MB/s') });
        assert.equal(backup.code, 0, backup.stderr);
        const args = ['default', 'us-east-1', world.url('pc/docs/big'), 'restored'];
        const restore = await world.run('encrypted-s3-download-file', args, { input: `${world.key}\n` });
        assert.equal(restore.code, 0, restore.stderr);
        const older = await world.run('encrypted-s3-download-dir', [
          '--config',
          config,
          '--at',
          then,
          'older',
        ]);
        assert.equal(older.code, 0, older.stderr);
      });
      // The scan has seen all kinds of calls with a key.
      for (const call of [
        / s3 sync .*\/source /,
        / s3 cp .*\/links-\d+ .* --recursive /,
        / s3 cp \/proc\/\d+\/fd\/\d+ /,
        / s3api get-object /,
        / s3 cp .*\/incomplete /,
        / s3 sync s3:/,
        / s3api get-object .* --version-id=/,
      ]) {
        assert.ok(
          lines.some((line) => call.test(line) && line.includes(' fileb:///dev/fd/3 ')),
          `${call} in:\n${lines.join('\n')}`,
        );
      }
    });
  }

  for (const cli of awsClis().slice(-1)) {
    test(`other users cannot see the key while the escrow is stored and read, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('escrow-leak', cli, (remove) => t.after(remove));
      const easyKey = `easy ${randomBytes(8).toString('hex')}`;
      const derived = createHash('md5').update(easyKey).digest('hex');
      const lines = await assertNoLeak(world, [world.key, easyKey, derived], async () => {
        const answers = ['', '', 'us-east-1', world.bucket, world.key, easyKey, '', 'yes', ''];
        const upload = await world.run('encrypted-s3-upload-key', [], { input: answers.join('\n') });
        assert.equal(upload.code, 0, upload.stderr);
        const args = ['default', 'us-east-1', world.bucket];
        const download = await world.run('encrypted-s3-download-key', args, { input: `${easyKey}\n` });
        assert.ok(download.stdout.includes(world.key), download.stderr);
      });
      for (const call of [/ s3 cp - s3:/, / s3 cp s3:\S+ - /]) {
        assert.ok(
          lines.some((line) => call.test(line) && line.includes(' fileb:///dev/fd/3 ')),
          `${call} in:\n${lines.join('\n')}`,
        );
      }
    });
  }
});

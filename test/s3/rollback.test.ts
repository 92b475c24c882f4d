// A rollback on the real server, and the restore and the run after it.
import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { awkwardNames } from './awkward-names.js';
import { entriesOf } from './entries.js';
import { RestoreWorld } from './restore-world.js';

describe('encrypted-s3 rollback', { concurrency: 2 }, () => {
  for (const cli of loadedAwsClis()) {
    test(`a rollback makes the state of an earlier time current, for a restore and for the next run, with AWS CLI ${cli.version}`, async (t) => {
      const world = new RestoreWorld('rollback', cli, (remove) => t.after(remove));
      world.config({ FULL_CHECK_HOURS: '20', MAX_CHANGE_PERCENT: '100' });
      const at = (path: string) => join(world.source, path);
      for (const name of awkwardNames) world.write(`d/${name}`, `content of ${name}\n`);
      for (const name of ['goes', 'stays']) world.write(name, name);
      chmodSync(at('stays'), 0o640);
      await world.backUp();
      const first = entriesOf(world.source);
      const time = new Date().toISOString();
      // S3 reports times in whole seconds.
      await sleep(1100);
      for (const name of awkwardNames) world.write(`d/${name}`, `encrypted ${name}\n`);
      world.write('d/ransom note', 'pay!');
      rmSync(at('goes'));
      // A new ctime makes the file due.
      chmodSync(at('stays'), 0o600);
      await world.backUp();
      await world.backUp();

      const { code, stderr } = await world.run('encrypted-s3', [
        'rollback',
        world.configFile,
        '--at',
        time,
        '--yes',
      ]);
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        new RegExp(`\\n  ${awkwardNames.length + 1} newer versions .*\\n  1 delete marker .*\\n  1 file `),
      );
      const restored = await world.restore();
      assert.equal(restored.code, 0, restored.stderr);
      assert.deepEqual(entriesOf(restored.to), first);

      // LOCAL_DIR still holds the files that the rollback removed from the bucket.
      const next = await world.sync();
      assert.equal(next.code, 0, next.stderr);
      await world.assertStored();
      const latest = await world.restore();
      assert.equal(latest.code, 0, latest.stderr);
      assert.deepEqual(entriesOf(latest.to), entriesOf(world.source));
    });
  }
});

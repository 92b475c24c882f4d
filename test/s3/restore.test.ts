// `encrypted-s3 restore` on the real server: kept files, --verify, and files in use.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { entriesOf } from './entries.js';
import { RestoreWorld } from './restore-world.js';
import { contentsOf } from './world.js';

function ask(world: RestoreWorld, command: string, ...words: string[]) {
  return world.run('encrypted-s3', [command, '--config', world.configFile, ...words]);
}

async function setVersioning(world: RestoreWorld, status: 'Enabled' | 'Suspended'): Promise<void> {
  const configuration = ['--versioning-configuration', `Status=${status}`];
  await world.awsSucceeds('s3api', 'put-bucket-versioning', '--bucket', world.bucket, ...configuration);
}

describe('encrypted-s3 restore', { concurrency: 2 }, () => {
  for (const cli of loadedAwsClis()) {
    test(`a restore leaves out kept files, with AWS CLI ${cli.version}`, async (t) => {
      const world = new RestoreWorld('kept', cli, (remove) => t.after(remove));
      world.config();
      for (const path of ['a', 'd/b', 'd/c']) world.write(path, path);
      world.shell('chmod 640 d/b; touch -d "2001-02-03 04:05:06.123456789" d/b');
      await world.backUp();
      const all = entriesOf(world.source);
      await setVersioning(world, 'Suspended');
      rmSync(join(world.source, 'd/b'));
      assert.match((await world.sync()).stderr, /Not deleting 1 object whose file is gone: versioning is/);
      assert.equal((await ask(world, 'ls', 'd')).stdout, 'd/b\tkept\nd/c\n');
      const plain = await world.restore();
      assert.equal(plain.code, 0, plain.stderr);
      assert.match(plain.stderr, /Left out 1 file that was gone from disk/);
      assert.deepEqual(contentsOf(plain.to), contentsOf(world.source));
      const to = join(world.folder, 'with kept');
      const withKept = await ask(world, 'restore', '--with-kept', '--verify', to);
      assert.equal(withKept.code, 0, withKept.stderr);
      assert.match(withKept.stderr, /Verified 3 files/);
      assert.equal(entriesOf(to)['d/b'], all['d/b']);

      await setVersioning(world, 'Enabled');
      assert.equal((await world.sync()).code, 0);
      assert.deepEqual(await world.current(), { a: 1, 'd/c': 3 });
      assert.equal((await ask(world, 'ls', 'd')).stdout, 'd/c\n');
    });

    test(`restore --verify compares latest and older files of all sizes, with AWS CLI ${cli.version}`, async (t) => {
      const world = new RestoreWorld('verify', cli, (remove) => t.after(remove));
      world.config();
      // One file is uploaded in several parts, and one is empty.
      world.shell('head -c 9000000 /dev/urandom > large; touch empty; echo first > small');
      await world.backUp();
      const time = await world.timeOfTree();
      await sleep(1100);
      world.write('small', 'later');
      await world.backUp();
      for (const [name, ...flags] of [['now'], ['then', '--at', time]]) {
        const to = join(world.folder, name ?? '');
        const { code, stderr } = await ask(world, 'restore', '--verify', ...flags, to);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /Verified 3 files: .*\nSuccess\./);
      }
      assert.equal(readFileSync(join(world.folder, 'then/small'), 'utf8'), 'first\n');

      // Damages a file, and keeps its size and mtime.
      world.shell('touch -r ../now/large ../time; head -c 9000000 /dev/zero > ../now/large');
      world.shell('touch -r ../time ../now/large');
      const damaged = await ask(world, 'restore', '--verify', join(world.folder, 'now'));
      assert.equal(damaged.code, 6, damaged.stderr);
      assert.match(damaged.stderr, /ERROR: "large" is not what the bucket holds\.\nHINT: Remove it/);
      assert.match(damaged.stderr, /Verified 2 files/);
    });

    test(`a restore of an older folder over one in use loses no newer work, with AWS CLI ${cli.version}`, async (t) => {
      const world = new RestoreWorld('living', cli, (remove) => t.after(remove));
      world.config();
      for (const name of ['edited', 'deleted', 'damaged', 'same'])
        world.write(`work/${name}`, `${name}, monday`);
      world.write('other', 'monday');
      await world.backUp();
      const monday = await world.timeOfTree();
      await sleep(1100);
      world.write('work/edited', 'tuesday');
      world.write('work/new', 'tuesday');
      world.write('other', 'tuesday');
      rmSync(join(world.source, 'work/deleted'));
      world.shell('echo garbage > work/damaged; touch -d 2001-02-03 work/damaged');
      await world.backUp();

      const living = join(world.source, 'work');
      const refused = await ask(world, 'restore', '--at', monday, 'work', living);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /Will create 1 file, replace 2 \(1 is newer on disk\)\./);
      assert.ok(!existsSync(join(living, 'deleted')));
      const { code, stderr } = await ask(world, 'restore', '--at', monday, '--keep-newer', 'work', living);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /Will create 1 file, replace 1, keep 1\./);
      const text = (name: string) => readFileSync(join(world.source, name), 'utf8');
      assert.deepEqual(
        ['edited', 'deleted', 'damaged', 'same', 'new'].map((name) => text(`work/${name}`)),
        ['tuesday', 'deleted, monday', 'damaged, monday', 'same, monday', 'tuesday'],
      );
      assert.equal(text('other'), 'tuesday');
      await world.backUp();
      await world.assertStored();
    });
  }
});

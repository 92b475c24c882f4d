import assert from 'node:assert/strict';
import { existsSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { awkwardNames } from './awkward-names.js';
import { entriesOf } from './entries.js';
import { RestoreWorld, TREE } from './restore-world.js';
import { contentsOf, newKey } from './world.js';

/** Writes every kind of entry that a backup holds. */
function fill(world: RestoreWorld): void {
  for (const name of awkwardNames) world.write(name, `content of ${name}\n`);
  for (const name of ['changes', 'goes', 'same size', 'mode', 'becomes folder', 'in/some/folder']) {
    world.write(name, `first ${name}`);
  }
  world.shell(`
    touch empty; head -c 20000000 /dev/urandom > '20 MB'
    mkdir -p 'nothing in it' deep/er read-only; echo 1 > read-only/file; echo 2 > deep/er/file
    ln -s nowhere dangling; ln -s deep folder-link; ln -s /etc/passwd deep/absolute; ln -s ../changes deep/link
    mkdir becomes-file; echo 3 > becomes-file/file
    chmod 4711 mode; chmod 2775 deep; chmod 1777 'nothing in it'; chmod 600 empty
    touch -d '2001-02-03 04:05:06.123456789' changes deep/er 'nothing in it'
    touch -h -d '1969-12-31 23:59:58.5' dangling; touch -d '1968-01-01 00:00:00.000000001' goes
    chmod 500 read-only
  `);
}

function change(world: RestoreWorld): void {
  world.shell(`
    echo second > changes; rm goes; rm -r becomes-file; echo now > becomes-file; rm 'becomes folder'
    mkdir 'becomes folder'; echo now > 'becomes folder/new'; chmod 640 mode; rm dangling; ln -s elsewhere dangling
    printf 'FIRST same size' > 'same size'; touch -d 2002-02-02 'same size'; rmdir 'nothing in it'; echo new > later
  `);
}

/** The entries of the source, without setuid and setgid, which a restore does not set. */
function expected(world: RestoreWorld): Record<string, string> {
  world.shell('find . -mindepth 1 ! -type l -perm /6000 -print0 | xargs -0r chmod ug-s');
  return entriesOf(world.source);
}

describe('encrypted-s3-download-dir', { concurrency: 2 }, () => {
  for (const cli of loadedAwsClis().slice(-1)) {
    test(`download-dir restores every day of a backup as it was, with AWS CLI ${cli.version}`, async (t) => {
      const world = new RestoreWorld('restore', cli, (remove) => t.after(remove));
      world.config();
      fill(world);
      await world.backUp();
      const first = { entries: expected(world), time: await world.timeOfTree() };
      change(world);
      await world.backUp();
      const second = { entries: expected(world), time: await world.timeOfTree() };
      world.shell('rm -r deep; echo third > changes; echo third > goes');
      await world.backUp();
      const third = { entries: expected(world) };

      for (const [name, { entries, time }] of Object.entries({ first, second })) {
        const { code, stderr, to } = await world.restore('--at', time);
        assert.equal(code, 0, stderr);
        assert.deepEqual(entriesOf(to), entries, name);
      }
      const latest = await world.restore();
      assert.equal(latest.code, 0, latest.stderr);
      assert.match(
        latest.stderr,
        /^Restoring s3:.* from the run of .*\nRestored \d+ files, .*\nSuccess\.\n$/,
      );
      assert.deepEqual(entriesOf(latest.to), third.entries);

      const early = await world.restore('--at', '2 hours ago');
      assert.equal(early.code, 1);
      assert.match(
        early.stderr,
        /ERROR: The bucket has nothing as old as .*\n.*oldest possible time is --at "20/,
      );
      assert.ok(!existsSync(early.to));

      // One folder as it was.
      const folder = await world.restore('--at', first.time, 'deep');
      assert.equal(folder.code, 0, folder.stderr);
      assert.deepEqual(
        Object.entries(entriesOf(folder.to)),
        Object.entries(first.entries).flatMap(([path, it]) =>
          path.startsWith('deep/') ? [[path.slice(5), it]] : [],
        ),
      );

      // A restore of an older state over a newer one replaces only files that differ.
      const ino = lstatSync(join(latest.to, '20 MB')).ino;
      const back = ['--config', world.configFile, '--at', second.time, latest.to];
      const refused = await world.run('encrypted-s3-download-dir', back);
      assert.deepEqual([refused.code, entriesOf(latest.to)], [1, third.entries]);
      assert.match(refused.stderr, /ERROR: ".*" is not empty\.\nHINT: .*--overwrite/);
      rmSync(join(latest.to, 'goes'));
      const replaced = await world.run('encrypted-s3-download-dir', ['--overwrite', ...back]);
      assert.equal(replaced.code, 0, replaced.stderr);
      assert.deepEqual(entriesOf(latest.to), second.entries);
      assert.equal(lstatSync(join(latest.to, '20 MB')).ino, ino);
      assert.match(replaced.stderr, /, 9 bytes to download/);
    });
  }

  for (const cli of loadedAwsClis().slice(0, 1)) {
    test(`download-dir restores to a new machine with the escrowed key, and files without metadata if there is no tree, with AWS CLI ${cli.version}`, async (t) => {
      const world = new RestoreWorld('bare', cli, (remove) => t.after(remove));
      world.config();
      world.write('in/folder', 'one');
      world.write('top', 'two');
      await world.backUp();
      const args = ['default', 'us-east-1', world.url('pc/docs')];
      const to = join(world.folder, 'to');
      const wrong = await world.run('encrypted-s3-download-dir', [...args, to], { input: `${newKey()}\n` });
      assert.deepEqual([wrong.code, existsSync(to)], [5, false], wrong.stderr);

      const easy = 'easy to remember';
      const stored = await world.run('encrypted-s3-upload-key', [world.configFile], {
        input: `\n${easy}\n\nyes\n`,
      });
      assert.equal(stored.code, 0, stored.stderr);
      const escrow = (key: string) =>
        world.run('encrypted-s3-download-dir', ['--escrow', ...args, to], { input: `${key}\n` });
      const mistaken = await escrow('difficult to remember');
      assert.deepEqual([mistaken.code, existsSync(to)], [5, false], mistaken.stderr);
      const { code, stderr } = await escrow(easy);
      assert.equal(code, 0, stderr);
      assert.deepEqual(entriesOf(to), entriesOf(world.source));

      // There is no tree above and beside all backups, and none in a backup of the original scripts.
      await world.awsSucceeds('s3', 'rm', world.url(TREE));
      const files = await world.restore();
      assert.equal(files.code, 0, files.stderr);
      assert.match(files.stderr, /WARNING: There is no tree file for these files: /);
      assert.deepEqual(contentsOf(files.to), contentsOf(world.source));
      for (const [prefix, shortfall] of [
        ['', 1],
        ['no/such/folder', 1],
      ] as const) {
        const there = join(world.folder, `prefix-${prefix.length}`);
        const input = `${world.key}\n`;
        const outcome = await world.run(
          'encrypted-s3-download-dir',
          ['default', 'us-east-1', world.url(prefix), there],
          { input },
        );
        if (prefix === '')
          assert.deepEqual(Object.keys(contentsOf(there)), ['pc/docs/in/folder', 'pc/docs/top']);
        else assert.match(outcome.stderr, /ERROR: There is nothing below s3:/);
        assert.equal(outcome.code, prefix === '' ? 0 : shortfall, outcome.stderr);
      }
      await world.put('pc/docs/top', 'three', newKey());
      await world.put('pc/docs/in/folder', 'three', newKey());
      const refused = await world.restore();
      assert.deepEqual([refused.code, existsSync(refused.to)], [5, false], refused.stderr);
    });
  }
});

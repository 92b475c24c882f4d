import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { awkwardNames } from './awkward-names.js';
import { contentsOf, newKey, type Outcome, World, withKey } from './world.js';

const COMMAND = 'encrypted-s3-download-file';
/** The awkward names that are downloaded one by one, which is slow. */
const TRICKY = ['line\nbreak', "it's", 'a%20b%2Fc', 'star*', '#1 folder/it is 100%/-x'];

describe(COMMAND, { concurrency: true }, () => {
  for (const cli of loadedAwsClis()) {
    test(`download-file restores one file, with AWS CLI ${cli.version}`, { concurrency: 2 }, async (t) => {
      const world = new World('download', cli, (remove) => t.after(remove));
      const { source, key } = world;
      for (const name of awkwardNames) world.write(name, `content of ${name}\n`);
      world.write('empty', '');
      world.write('20 MB', randomBytes(20 * 1024 * 1024));
      await world.awsSucceeds('s3', 'mb', world.url(''));
      await world.awsSucceeds('s3', 'cp', '--quiet', '--recursive', source, world.url('p/'), ...withKey(key));
      const config = world.config();

      function download(name: string, destination: string, keyToType = key): Promise<Outcome> {
        const args = ['default', 'us-east-1', world.url(`p/${name}`), destination];
        return world.run(COMMAND, args, { input: `${keyToType}\n` });
      }

      function newFolder(name: string): string {
        const folder = join(world.folder, name);
        mkdirSync(folder);
        return folder;
      }

      const restores = [
        t.test(
          'the file goes to a file, an existing folder or standard output, with the key from a pipe or a config',
          async () => {
            const folder = newFolder('restored');
            const toFile = await download('20 MB', join(folder, 'a new name'));
            assert.deepEqual([toFile.code, toFile.stdout], [0, ''], toFile.stderr);
            assert.match(toFile.stderr, /^Enter your backup encryption key: \nDownloading .*\nSuccess\.\n$/);
            const relative = ['--config', config, 'default', 'us-east-1', world.url('p/20 MB'), 'restored'];
            const toFolder = await world.run(COMMAND, relative);
            assert.equal(toFolder.code, 0, toFolder.stderr);
            const expected = contentsOf(source)['20 MB'];
            assert.deepEqual(contentsOf(folder), { '20 MB': expected, 'a new name': expected });

            const toStdout = await download("it's", '-');
            assert.deepEqual([toStdout.code, toStdout.stdout], [0, "content of it's\n"], toStdout.stderr);
          },
        ),

        t.test('a file with an awkward name is restored under its name', async () => {
          const folder = newFolder('awkward');
          for (const name of [...TRICKY, 'empty']) {
            const { code, stderr } = await download(name, folder);
            assert.equal(code, 0, stderr);
            assert.deepEqual(readFileSync(join(folder, basename(name))), readFileSync(join(source, name)));
          }
          assert.equal(readdirSync(folder).length, TRICKY.length + 1);
        }),

        t.test('a download that fails keeps the file that was there', async () => {
          const folder = newFolder('kept');
          const file = join(folder, 'file');
          writeFileSync(file, 'precious');
          const failures = [
            [
              await download("it's", file, newKey()),
              5,
              /ERROR: Download failed: .* was not stored with this/,
            ],
            [await download('20 MB', `${folder}/`, newKey()), 5, /ERROR: Download failed: /],
            [await download('missing', file), 1, /ERROR: Download failed: .*404/],
            [
              await download("it's", file, 'short'),
              1,
              /ERROR: The encryption key must be exactly 32 bytes long/,
            ],
            [await download("it's", join(file, 'below')), 1, /ERROR: ".*below" can't be written/],
          ] as const;
          for (const [{ code, stdout, stderr }, expected, message] of failures) {
            assert.match(stderr, message);
            assert.deepEqual([code, stdout], [expected, '']);
            assert.equal(stderr.includes(key), false);
          }
          assert.deepEqual(readdirSync(folder), ['file']);
          assert.equal(readFileSync(file, 'utf8'), 'precious');

          const replaced = await download("it's", file);
          assert.equal(replaced.code, 0, replaced.stderr);
          assert.equal(readFileSync(file, 'utf8'), "content of it's\n");
          assert.deepEqual(readdirSync(folder), ['file']);
        }),

        t.test('nothing is written into a read-only folder', async () => {
          const folder = join(world.folder, 'read-only');
          mkdirSync(folder, 0o555);
          const args = ['default', 'us-east-1', world.url("p/it's"), folder];
          const options = { input: `${key}\n`, through: WITHOUT_ROOTS_RIGHTS };
          const { code, stderr } = await world.run(COMMAND, args, options);
          assert.equal(code, 1);
          assert.match(stderr, /ERROR: ".*read-only\/it's" can't be written to: permission denied\.\nHINT: /);
          assert.deepEqual(readdirSync(folder), []);
        }),
      ];
      await Promise.all(restores);
    });
  }
});

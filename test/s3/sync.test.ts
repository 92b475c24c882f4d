import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { printable } from '../../lib/cli/log/log.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { awkwardNames } from './awkward-names.js';
import { contentsOf, ESCROW_WARNING, newKey, World, withKey } from './world.js';

describe('encrypted-s3-sync', { concurrency: true }, () => {
  for (const cli of loadedAwsClis()) {
    // One long test, since each step takes seconds: each step starts with the bucket of the one before it.
    test(`encrypted-s3-sync keeps a backup right in run after run, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('life', cli, (remove) => t.after(remove));
      const { source } = world;
      const list = join(world.folder, 'list');
      for (const name of awkwardNames) world.write(name, `content of ${name}\n`);
      world.write('empty', '');
      world.write('folder/changes', 'old content\n');
      world.write('folder/goes', 'removed content\n');
      world.write('20 MB', randomBytes(20 * 1024 * 1024));
      mkdirSync(join(source, 'empty folder'));
      world.config({ LOCAL_LIST: list });
      const everything = contentsOf(source);
      const everyKey = Object.keys(everything).map((path) => `pc/docs/${path}`);

      await t.test('the first run makes the bucket, stores every file, and warns about the key', async () => {
        const { code, stdout, stderr } = await world.sync();
        assert.deepEqual([code, stdout], [0, ''], stderr);
        assert.match(stderr, ESCROW_WARNING);
        const syslog = world.takeSyslog();
        assert.match(syslog, new RegExp(`Transferred ${everyKey.length} files`));
        assert.match(syslog, /Verified "/);
      });

      await t.test('nothing is left of the object that proved that the server encrypts', async () => {
        const args = ['--bucket', world.bucket, '--prefix', 'backup.info/probe/', '--output', 'json'];
        const query = ['--query', '[Versions, DeleteMarkers]'];
        const left = await world.awsSucceeds('s3api', 'list-object-versions', ...args, ...query);
        assert.deepEqual(JSON.parse(left), [null, null]);
      });

      await t.test('the new bucket keeps history, for as long as configured', async () => {
        const [versioning, lifecycle] = await Promise.all(
          ['get-bucket-versioning', 'get-bucket-lifecycle-configuration'].map((call) =>
            world.awsSucceeds('s3api', call, '--bucket', world.bucket, '--output', 'json'),
          ),
        );
        assert.equal(JSON.parse(versioning ?? '').Status, 'Enabled');
        const rules = JSON.parse(lifecycle ?? '').Rules;
        assert.equal(rules.length, 1);
        assert.equal(rules[0].Status, 'Enabled');
        assert.equal(rules[0].NoncurrentVersionExpiration.NoncurrentDays, 30);
        assert.equal(rules[0].Expiration.ExpiredObjectDeleteMarker, true);
        assert.equal(rules[0].AbortIncompleteMultipartUpload.DaysAfterInitiation, 3);
      });

      await t.test("LOCAL_LIST is the AWS CLI's own list, with a line a file", async () => {
        const expected = await world.awsSucceeds(
          's3',
          'ls',
          '--recursive',
          '--summarize',
          world.url('pc/docs/'),
        );
        // The AWS CLI prints control characters in names as they are.
        const inLines = everyKey.reduce((text, key) => text.replace(key, () => printable(key)), expected);
        // The AWS CLI's hours may be wrong (see TZ in world.ts).
        const withoutHours = (text: string) => text.replaceAll(/^\d{4}-\d\d-\d\d \d\d/gm, '');
        assert.equal(withoutHours(readFileSync(list, 'utf8')), withoutHours(inLines));
        assert.match(expected, new RegExp(`Total Objects: ${everyKey.length}\n`));
      });

      await t.test('the AWS CLI alone restores every file with the key, and none without', async () => {
        const restored = join(world.folder, 'restored');
        const refused = join(world.folder, 'refused');
        const copy = ['s3', 'cp', '--recursive', '--quiet', world.url('pc/docs/')];
        const [with_, without] = await Promise.all([
          world.aws([...copy, restored, ...withKey(world.key)]),
          world.aws([...copy, refused]),
        ]);
        assert.equal(with_.code, 0, with_.stderr);
        assert.deepEqual(contentsOf(restored), everything);
        assert.notEqual(without.code, 0);
        assert.deepEqual(contentsOf(refused), {});
      });

      await t.test(
        'with the key escrowed, a run in which nothing changed is silent and uploads nothing',
        async () => {
          const input = '\ncorrect horse battery\n\nyes\n';
          const upload = await world.run('encrypted-s3-upload-key', [world.configFile], { input });
          assert.equal(upload.code, 0, upload.stderr);
          world.takeSyslog();
          assert.deepEqual(await world.sync(), { code: 0, stdout: '', stderr: '' });
          assert.match(world.takeSyslog(), /Transferred 0 files/);
        },
      );

      await t.test(
        'a changed file becomes a new version, a removed one stays as an old version',
        async () => {
          world.write('folder/changes', 'new content\n');
          rmSync(join(source, 'folder/goes'));
          world.config(); // Removes LOCAL_LIST.
          assert.deepEqual(await world.sync(), { code: 0, stdout: '', stderr: '' });

          const versions = await world.versions();
          const of = (path: string) => versions.filter(({ Key }) => Key === `pc/docs/${path}`);
          assert.equal(of('folder/changes').length, 2);
          const removed = of('folder/goes');
          assert.deepEqual(
            removed.map(({ IsLatest, Size }) => [IsLatest, Size !== undefined]),
            [
              [false, true],
              [true, false],
            ],
          );
          const storedOnce = versions.filter(({ Key }) => !/\/folder\/(changes|goes)$/.test(Key));
          assert.deepEqual(
            storedOnce.map(({ Key }) => Key).sort(),
            [
              ...everyKey.filter((key) => !/\/folder\/(changes|goes)$/.test(key)),
              'backup.info/key/data',
              'backup.info/key/data.proof',
            ].sort(),
          );
          // The proof beside the escrow is small.
          for (const { Key, StorageClass, Size } of versions)
            if (Size !== undefined && !Key.endsWith('.proof')) assert.equal(StorageClass, 'STANDARD_IA');

          const file = join(world.folder, 'old version');
          const object = ['--bucket', world.bucket, '--key', 'pc/docs/folder/goes'];
          // The option has a `=`, since an id may begin with `-`.
          const id = [`--version-id=${removed[0]?.VersionId ?? ''}`];
          const key = ['--sse-customer-algorithm', 'AES256', '--sse-customer-key', world.key];
          await world.awsSucceeds('s3api', 'get-object', ...object, ...id, ...key, file);
          assert.equal(readFileSync(file, 'utf8'), 'removed content\n');
        },
      );

      await t.test('another key in the config ends the run with exit code 5', async () => {
        world.config({ ENCRYPTION_KEY: newKey() });
        const { code, stdout, stderr } = await world.sync();
        assert.deepEqual([code, stdout], [5, ''], stderr);
        assert.match(stderr, /^encrypted-s3-sync\[\d+\]: ERROR: .* can't be read with ENCRYPTION_KEY/);
        assert.match(stderr, /HINT: /);
        world.config();
      });

      await t.test('an emptied folder does not empty the backup', async () => {
        const before = await world.versions();
        rmSync(source, { recursive: true });
        const gone = await world.sync();
        mkdirSync(source);
        const empty = await world.sync();
        mkdirSync(join(source, 'a', 'b'), { recursive: true });
        const onlyFolders = await world.sync();
        for (const { code, stdout, stderr } of [gone, empty, onlyFolders]) {
          assert.deepEqual([code, stdout], [4, ''], stderr);
          assert.match(stderr, /^encrypted-s3-sync\[\d+\]: ERROR: LOCAL_DIR /);
        }
        assert.match(empty.stderr, /has no files that can be read, but the backup has \d+: they would/);
        assert.deepEqual(await world.versions(), before);
      });
    });
  }
});

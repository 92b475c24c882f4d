// All known cases in which `aws s3 sync --delete` loses files, or does not notice that some are missing in the bucket.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lutimesSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { contentsOf, World, withKey } from './world.js';

const CLEAN = { code: 0, stdout: '', stderr: '' };
const UNPRIVILEGED = { through: WITHOUT_ROOTS_RIGHTS };

/** Stores an escrow, so that a successful run prints nothing. */
async function escrow(world: World): Promise<void> {
  await world.awsSucceeds('s3', 'mb', world.url(''));
  await world.awsSucceeds(
    's3api',
    'put-bucket-versioning',
    '--bucket',
    world.bucket,
    '--versioning-configuration',
    'Status=Enabled',
  );
  await put(world, 'backup.info/key/data', 'the key');
}

async function put(world: World, key: string, content: string): Promise<void> {
  const { code, stderr } = await world.aws(['s3', 'cp', '-', world.url(key), ...withKey(world.key)], {
    input: content,
  });
  assert.equal(code, 0, stderr);
}

async function read(world: World, path: string): Promise<string> {
  return world.awsSucceeds('s3', 'cp', world.url(`pc/docs/${path}`), '-', ...withKey(world.key));
}

describe('faults that lose no file', { concurrency: 2 }, () => {
  // One AWS CLI is enough; safety.test.ts uses both.
  for (const cli of loadedAwsClis().slice(-1)) {
    test(`a run keeps the objects of unreadable files, and of files that something else has replaced, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('unreadable', cli, (remove) => t.after(remove));
      await escrow(world);
      for (const path of ['keep', 'folder/a', 'folder/b', 'pipe', 'link', 'secret', 'to-link/x', 'to-file/x'])
        world.write(path, path);
      world.write('to-folder', 'was a file');
      world.config({ FOLLOW_SYMLINKS: 'yes' });
      assert.deepEqual(await world.sync(), CLEAN);

      const at = (path: string) => join(world.source, path);
      chmodSync(at('folder'), 0);
      chmodSync(at('secret'), 0);
      unlinkSync(at('pipe'));
      execFileSync('mkfifo', [at('pipe')]);
      unlinkSync(at('link'));
      symlinkSync('/nowhere/at/all', at('link'));
      rmSync(at('to-link'), { recursive: true });
      symlinkSync('/nowhere/at/all', at('to-link'));
      rmSync(at('to-folder'));
      world.write('to-folder/inside', 'new');
      rmSync(at('to-file'), { recursive: true });
      world.write('to-file', 'new');
      for (const time of ['the first', 'the second']) {
        const { code, stdout, stderr } = await world.sync(UNPRIVILEGED);
        assert.deepEqual([code, stdout], [3, ''], `${time}: ${stderr}`);
        const lines = stderr.trimEnd().split('\n').sort();
        assert.equal(lines.length, 4, stderr);
        assert.match(
          lines[0] ?? '',
          /: ERROR: ".*\/source\/folder\/" can't be read: what it holds now is not in the backup\. To exclude it: EXCLUDE=\('folder\/\*'\)\.$/,
        );
        assert.match(
          lines[1] ?? '',
          /: ERROR: ".*\/source\/secret" can't be read: what it holds now is not in the backup\. To exclude it: EXCLUDE=\(secret\)\.$/,
        );
        assert.match(
          lines[3] ?? '',
          /: WARNING: Not deleting 2 objects .* 1 place is not in the bucket: unreadable/,
        );
        assert.match(lines[2] ?? '', /: WARNING: Keeping 6 objects .* behind links that lead nowhere/);
      }
      assert.deepEqual(Object.keys(await world.current()).sort(), [
        'folder/a',
        'folder/b',
        'keep',
        'link',
        'pipe',
        'secret',
        'to-file',
        'to-file/x',
        'to-folder',
        'to-folder/inside',
        'to-link/x',
      ]);

      chmodSync(at('folder'), 0o755);
      chmodSync(at('secret'), 0o644);
      const { code, stderr } = await world.sync(UNPRIVILEGED);
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        /^encrypted-s3-sync\[\d+\]: WARNING: Keeping 3 objects .* nowhere, which syslog names\.\n$/,
      );
    });
  }

  for (const cli of loadedAwsClis().slice(-1)) {
    test(`changes that aws s3 sync overlooks are uploaded, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('overlooked', cli, (remove) => t.after(remove));
      await escrow(world);
      for (const path of ['replaced', 'same', 'removed behind our back', 'cut behind our back'])
        world.write(path, 'old content');
      world.config();
      assert.deepEqual(await world.sync(), CLEAN);
      assert.deepEqual(await world.sync(), CLEAN);

      world.write('new', 'new content');
      const old = new Date('2001-01-01');
      utimesSync(join(world.source, 'new'), old, old);
      renameSync(join(world.source, 'new'), join(world.source, 'replaced'));
      await world.awsSucceeds('s3', 'rm', world.url('pc/docs/removed behind our back'));
      await put(world, 'pc/docs/cut behind our back', 'old');
      await put(world, 'pc/docs/put behind our back', 'stray');
      const { code, stderr } = await world.sync();
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        Object.keys(await world.current()).sort(),
        Object.keys(contentsOf(world.source)).sort(),
      );
      assert.equal(await read(world, 'replaced'), 'new content');
      assert.equal(await read(world, 'removed behind our back'), 'old content');
      assert.equal(await read(world, 'cut behind our back'), 'old content');
      const versions = (await world.versions()).filter(({ Key }) => Key === 'pc/docs/same');
      assert.equal(versions.length, 1, 'what did not change is not uploaded again');
    });

    test(`a file that is rewritten during its upload is stored with its final content, or named, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('moving', cli, (remove) => t.after(remove));
      await escrow(world);
      world.write('calm', 'calm');
      world.write('going/1', 'x');
      world.write('going/2', 'x');
      // If a file shrinks, the server waits for the rest, and the AWS CLI retries many times.
      world.config({ AWS_NET_TIMEOUT: '5' });
      const environment = { AWS_MAX_ATTEMPTS: '1' };
      const run = world.start('encrypted-s3-sync', [world.configFile], { environment });
      let rewrites = 0;
      const rewriting = setInterval(() => {
        rewrites += 1;
        writeFileSync(join(world.source, 'busy'), `${rewrites}`.padStart(100_000 + (rewrites % 2), 'x'));
        if (rewrites === 60) rmSync(join(world.source, 'going'), { recursive: true });
      }, 10);
      const { code, stderr } = await run.outcome;
      clearInterval(rewriting);
      // Whether an upload fits between two rewrites is chance. The run's claim must be true either way.
      if (code !== 0) {
        assert.equal(code, 3, stderr);
        assert.match(stderr, /^\S+: ERROR: ".*\/source\/busy" is not in the backup as it is: .*\.\n$/);
      }
      assert.deepEqual(await world.sync(), CLEAN);
      assert.deepEqual(Object.keys(await world.current()).sort(), ['busy', 'calm']);
      assert.equal(await read(world, 'busy'), `${rewrites}`.padStart(100_000 + (rewrites % 2), 'x'));
    });
  }

  for (const cli of loadedAwsClis().slice(0, 1)) {
    test(`an unmounted disk stops the run, unless the mass deletion is allowed, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('mass', cli, (remove) => t.after(remove));
      await escrow(world);
      for (let index = 0; index < 30; index += 1) world.write(`disk/${index}`, 'x');
      for (let index = 0; index < 10; index += 1) world.write(`here/${index}`, 'x');
      world.config();
      assert.deepEqual(await world.sync(), CLEAN);
      const before = await world.versions();

      renameSync(join(world.source, 'disk'), join(world.folder, 'unmounted'));
      mkdirSync(join(world.source, 'disk'));
      // Without the last run's tree, the guard counts by the listing.
      for (const home of [undefined, join(world.folder, 'another-home')]) {
        const environment = home === undefined ? {} : { XDG_STATE_HOME: home };
        const { code, stdout, stderr } = await world.sync({ environment });
        assert.deepEqual([code, stdout], [4, ''], stderr);
        assert.match(stderr, /ERROR: 30 of the 40 files in the backup are gone .*MAX_DELETE_PERCENT=50/);
        assert.match(stderr, /ERROR: Gone: "disk\/0", .*, and 20 more\./);
        assert.match(stderr, /ERROR: Folders without files now: "disk\/"\./);
        assert.match(stderr, /HINT: .*--allow-mass-delete/);
      }
      await world.awsSucceeds('s3', 'rm', '--recursive', world.url('backup.info/runs/'));
      const first = await world.sync();
      assert.equal(first.code, 4, first.stderr);
      assert.deepEqual(await world.versions(), before);

      const dry = await world.run('encrypted-s3-sync', [
        '--dry-run',
        '--allow-mass-delete',
        world.configFile,
      ]);
      assert.equal(dry.code, 0, dry.stderr);
      assert.equal(dry.stdout.match(/^\(dryrun\) delete: s3:\/\/.*\/pc\/docs\/disk\/\d+$/gm)?.length, 30);
      assert.deepEqual(await world.versions(), before);

      const allowed = await world.run('encrypted-s3-sync', ['--allow-mass-delete', world.configFile]);
      assert.equal(allowed.code, 0, allowed.stderr);
      assert.match(allowed.stderr, /^\S+: WARNING: The record of this backup is gone from the bucket .*\n$/);
      assert.equal(Object.keys(await world.current()).length, 10);
    });

    test(`a run in a bucket without versioning deletes nothing, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('unversioned', cli, (remove) => t.after(remove));
      await world.awsSucceeds('s3', 'mb', world.url(''));
      await put(world, 'backup.info/key/data', 'the key');
      world.write('stays', 'x');
      world.write('goes', 'x');
      world.config();
      const first = await world.sync();
      assert.equal(first.code, 0);
      assert.match(first.stderr, /^\S+: WARNING: The bucket keeps no older versions: .*\n$/);
      rmSync(join(world.source, 'goes'));
      for (const time of ['the first', 'the second']) {
        const { code, stderr } = await world.sync();
        assert.equal(code, 0, time);
        assert.match(
          stderr,
          /^\S+: WARNING: Not deleting 1 object .*versioning.*ALLOW_UNVERSIONED_DELETE='yes'\.\n$/,
        );
        assert.deepEqual(Object.keys(await world.current()), ['goes', 'stays']);
      }
      world.config({ ALLOW_UNVERSIONED_DELETE: 'yes' });
      assert.deepEqual(await world.sync(), CLEAN);
      assert.deepEqual(Object.keys(await world.current()), ['stays']);
    });

    test(`links in circles are not followed, and excluded files stay, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('circles', cli, (remove) => t.after(remove));
      await escrow(world);
      for (const path of ['a/file', 'cache/one', 'note.tmp', 'x.txt']) world.write(path, path);
      symlinkSync('..', join(world.source, 'a/[up]'));
      lutimesSync(join(world.source, 'a/[up]'), 0, 0);
      world.config({ FOLLOW_SYMLINKS: 'yes' });
      const first = await world.sync();
      assert.equal(first.code, 0, first.stderr);
      assert.match(
        first.stderr,
        /^\S+: WARNING: ".*\/a\/\[up\]\/" leads back to a folder that it is in.*\n$/,
      );
      const everything = ['a/file', 'cache/one', 'note.tmp', 'x.txt'];
      assert.deepEqual(Object.keys(await world.current()).sort(), everything);

      rmSync(join(world.source, 'cache'), { recursive: true });
      unlinkSync(join(world.source, 'note.tmp'));
      world.write('new.tmp', 'x');
      unlinkSync(join(world.source, 'a/[up]'));
      world.config();
      writeFileSync(world.configFile, "EXCLUDE=('*.tmp' 'cache/*')\n", { flag: 'a' });
      assert.deepEqual(await world.sync(), CLEAN);
      assert.deepEqual(Object.keys(await world.current()).sort(), everything);
    });
  }
});

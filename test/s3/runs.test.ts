// After each kind of run, the bucket equals the disk byte by byte; and the calls of the AWS CLI in each kind.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { awkwardNames } from './awkward-names.js';
import { contentsOf, World, withKey } from './world.js';

/** A size at which the AWS CLI uploads a file in parts. */
const IN_PARTS = 9 * 2 ** 20;
/** A key has at most 1,024 bytes. */
const LONGEST = `${`${'l'.repeat(200)}/`.repeat(5)}${'é'.repeat(5)}x`;
const NAMES = [
  ...awkwardNames,
  'two\nlines\n',
  'a to s3:/bucket/file',
  'upload: x',
  `${'d/'.repeat(200)}file`,
  LONGEST,
];

/** The commands of the AWS CLI in a run's log. */
function callsIn(syslog: string): string[] {
  return [...syslog.matchAll(/<14>aws (\S+ \S+): exit code/g)].map(([, call = '']) => call).sort();
}

describe('the bucket', { concurrency: 2 }, () => {
  for (const cli of loadedAwsClis()) {
    test(`the bucket equals the disk after a first, a quick and a full run, with AWS CLI ${cli.version}`, async (t) => {
      assert.equal(Buffer.byteLength(`pc/docs/${LONGEST}`), 1024);
      const world = new World('runs', cli, (remove) => t.after(remove));
      for (const name of NAMES) world.write(name, `content of ${name}`);
      world.write('in parts', randomBytes(IN_PARTS));
      world.write('empty/file', '');
      world.write('stays', 'as it is');
      world.config({ FULL_CHECK_HOURS: '20' });

      const first = await world.sync();
      assert.equal(first.code, 0, first.stderr);
      const log = world.takeSyslog();
      assert.match(log, /This is a full run: there is no record of a last run\./);
      assert.match(log, /<14>aws s3 sync: exit code 0/);
      await world.assertStored();

      const idle = await world.sync();
      assert.deepEqual([idle.code, idle.stderr], [0, '']);
      const idleLog = world.takeSyslog();
      assert.match(idleLog, /This is a quick run\./);
      assert.deepEqual(callsIn(idleLog), ['s3 cp', 's3 cp']);

      for (const name of NAMES) world.write(name, `another content of ${name}`);
      world.write('in parts', randomBytes(IN_PARTS + 1));
      world.write('empty/second', '');
      world.write('new/folder/file', 'new');
      rmSync(join(world.source, 'empty/file'));
      const quick = await world.sync();
      assert.deepEqual([quick.code, quick.stderr], [0, '']);
      const quickLog = world.takeSyslog();
      assert.match(quickLog, new RegExp(`Transferred ${NAMES.length + 3} files`));
      // The one listing looks for records of other backups below the prefix, whose objects must not be deleted.
      const listings = callsIn(quickLog).filter((call) => /list|sync/.test(call));
      assert.deepEqual(listings, ['s3api list-objects-v2']);
      await world.assertStored();

      world.write('new/folder/file', 'newer');
      const full = await world.run('encrypted-s3-sync', ['--full', world.configFile]);
      assert.equal(full.code, 0, full.stderr);
      const fullLog = world.takeSyslog();
      assert.match(fullLog, /This is a full run: --full was given\./);
      assert.match(fullLog, /Transferred 1 files/);
      assert.match(fullLog, /Verified /);
      await world.assertStored();
      const ofStays = (await world.versions()).filter(({ Key }) => Key === 'pc/docs/stays');
      assert.equal(ofStays.length, 1, 'What did not change is sent once.');
    });
  }

  for (const cli of loadedAwsClis().slice(0, 1)) {
    test(`the bucket equals the disk after a first run over objects of another program, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('over', cli, (remove) => t.after(remove));
      await world.makeBucket();
      for (const name of ['same size', 'other size', 'as it is', 'stray']) world.write(name, 'theirs');
      await world.awsSucceeds(
        's3',
        'cp',
        '--recursive',
        world.source,
        world.url('pc/docs/'),
        ...withKey(world.key),
      );
      rmSync(join(world.source, 'stray'));
      world.write('same size', 'mine!!');
      world.write('other size', 'mine, and longer');
      world.write('in parts', randomBytes(IN_PARTS));
      world.config();
      const { code, stderr } = await world.sync();
      assert.equal(code, 0, stderr);
      assert.deepEqual(callsIn(world.takeSyslog()).includes('s3 sync'), false);
      await world.assertStored();
      const before = (await world.versions()).filter(
        ({ Key, IsLatest, Size }) => !IsLatest && Size === 6 && Key.startsWith('pc/docs/'),
      );
      const kept = new Set(before.map(({ Key }) => Key.slice('pc/docs/'.length)));
      for (const name of ['same size', 'other size', 'stray']) assert.ok(kept.has(name), name);
      assert.deepEqual(Object.keys(await world.current()).sort(), Object.keys(contentsOf(world.source)));
    });
  }
});

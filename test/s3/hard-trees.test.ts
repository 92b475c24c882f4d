// Trees on which `aws s3 sync` alone fails, or uploads files again in each run.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { World } from './world.js';
import { UPLOAD_OF_LINKS, wrapAws } from './wrapped-aws.js';

const LEVELS = 1000;
/** The levels with a file. A key has at most 1,024 bytes: `pc/docs/`, two for each level, and the name. */
const WITH_FILE = [0, 99, 100, 200, 507, 508, LEVELS];

const FEW_DESCRIPTORS = ['prlimit', '--nofile=512:512'];

function fileAt(level: number, name: string): string {
  return `${'d/'.repeat(level)}${name}`;
}

describe('trees on which aws s3 sync alone fails', { concurrency: 2 }, () => {
  for (const cli of loadedAwsClis()) {
    test(`a run stores a tree of ${LEVELS} levels and names the keys that are too long, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('deep', cli, (remove) => t.after(remove));
      world.config();
      mkdirSync(join(world.source, 'd/'.repeat(LEVELS)), { recursive: true });
      for (const level of WITH_FILE) world.write(fileAt(level, 'a'), `${level}`);
      world.write('z', 'x');
      const storable = (name: string) =>
        WITH_FILE.map((level) => fileAt(level, name)).filter((path) => `pc/docs/${path}`.length <= 1024);
      assert.equal(storable('a').length, WITH_FILE.length - 2);
      const expected = [...storable('a'), 'z'].sort();
      for (const time of ['first', 'second']) {
        const { code, stderr } = await world.sync();
        assert.equal(code, 3, `${time}: ${stderr.slice(-1500)}`);
        const errors = stderr.split('\n').filter((line) => line.includes(': ERROR: '));
        assert.equal(errors.length, 2, stderr);
        for (const line of errors)
          assert.match(
            line,
            /\/d\/a" would have a key of \d+ bytes, and S3 allows 1024: it is not in the backup\./,
          );
        assert.deepEqual(Object.keys(await world.current()).sort(), expected, time);
      }
      // Uploads by name work, too.
      for (const level of WITH_FILE) world.write(fileAt(level, 'b'), `${level}`);
      const later = await world.sync({ through: FEW_DESCRIPTORS });
      assert.equal(later.code, 3, later.stderr.slice(-1500));
      assert.deepEqual(Object.keys(await world.current()).sort(), [...expected, ...storable('b')].sort());
    });
  }

  for (const cli of loadedAwsClis().slice(-1)) {
    test(`files that vanish during the upload fail no run, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('vanishing', cli, (remove) => t.after(remove));
      world.config({ FULL_CHECK_HOURS: '20' });
      world.write('before', 'x');
      assert.equal((await world.sync()).code, 0);
      // The first batch has ten files. Later files are not open yet when it is sent.
      const names = Array.from({ length: 30 }, (_, index) => `folder ${10 + index}/file`);
      for (const name of names) world.write(name, name);
      const unwrap = wrapAws(
        world,
        cli,
        `if ${UPLOAD_OF_LINKS}; then
  rm -rf "${world.source}/folder 10" "${world.source}/folder 25" "${world.source}/folder 39/file"
  [ -p "${world.source}/folder 30/file" ] || { rm "${world.source}/folder 30/file"; mkfifo "${world.source}/folder 30/file"; }
fi`,
      );
      const run = await world.sync();
      assert.equal(run.code, 0, run.stderr);
      unwrap();
      assert.match(world.takeSyslog(), /4 files that vanished during the run/);
      const gone = ['folder 25/file', 'folder 30/file', 'folder 39/file'];
      const stored = ['before', ...names.filter((name) => !gone.includes(name))].sort();
      assert.deepEqual(Object.keys(await world.current()).sort(), stored);
      // A file that was open when it vanished has been sent; the next full run deletes its object.
      const next = await world.run('encrypted-s3-sync', ['--full', world.configFile]);
      assert.equal(next.code, 0, next.stderr);
      assert.deepEqual(
        Object.keys(await world.current()).sort(),
        stored.filter((name) => name !== 'folder 10/file'),
      );
    });

    test(`an excluded folder is not opened, and a file with a time in the future is sent once, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('excluded', cli, (remove) => t.after(remove));
      world.config();
      writeFileSync(world.configFile, "EXCLUDE=('closed/*')\n", { flag: 'a' });
      world.write('closed/secret', 'x');
      world.write('future', 'x');
      const future = new Date(Date.now() + 400 * 24 * 60 * 60 * 1000);
      utimesSync(join(world.source, 'future'), future, future);
      chmodSync(join(world.source, 'closed'), 0);
      for (const args of [['--full'], ['--full'], []]) {
        const { code, stderr } = await world.run('encrypted-s3-sync', [...args, world.configFile], {
          through: WITHOUT_ROOTS_RIGHTS,
        });
        assert.equal(code, 0, stderr);
        assert.doesNotMatch(stderr, /closed/);
      }
      assert.doesNotMatch(world.takeSyslog(), /aws s3 sync/);
      const versions = await world.versions();
      assert.deepEqual(
        versions.map(({ Key }) => Key),
        ['pc/docs/future'],
      );
    });

    test(`a first run by aws s3 sync sends a file with a time in the future once too, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('future', cli, (remove) => t.after(remove));
      world.config();
      world.write('future', 'x');
      const future = new Date(Date.now() + 400 * 24 * 60 * 60 * 1000);
      utimesSync(join(world.source, 'future'), future, future);
      for (let run = 0; run < 3; run += 1) assert.equal((await world.sync()).code, 0);
      assert.match(world.takeSyslog(), /aws s3 sync/);
      assert.equal((await world.versions()).length, 1);
    });
  }
});

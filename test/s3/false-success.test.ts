// An AWS CLI that falsely reports success: a quick run trusts it, and the next full run detects it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { ESCROW_WARNING, World } from './world.js';
import { UPLOAD_OF_LINKS, wrapAws } from './wrapped-aws.js';

describe('a full run', { concurrency: 2 }, () => {
  for (const cli of loadedAwsClis().slice(-1)) {
    test(`a full run finds and uploads a file that the AWS CLI falsely reported as uploaded, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('claims', cli, (remove) => t.after(remove));
      world.config({ FULL_CHECK_HOURS: '20' });
      for (const name of ['overwritten', 'stays']) world.write(name, 'at first');
      assert.equal((await world.sync()).code, 0);
      for (const name of ['overwritten', 'claimed', 'sent']) world.write(name, `now: ${name}`);

      const url = world.url('pc/docs/');
      const unwrap = wrapAws(
        world,
        cli,
        `if ${UPLOAD_OF_LINKS}; then
  for name in claimed overwritten; do
    rm "$links/$name"
    echo "upload: $links/$name to ${url}$name"
  done
fi`,
      );
      const quick = await world.sync();
      assert.equal(quick.code, 0, quick.stderr);
      unwrap();
      assert.match(world.takeSyslog(), /This is a quick run\./);
      assert.deepEqual(Object.keys(await world.current()).sort(), ['overwritten', 'sent', 'stays']);

      const full = await world.run('encrypted-s3-sync', ['--full', world.configFile]);
      assert.equal(full.code, 0, full.stderr);
      const [warning = '', ...others] = full.stderr.split(/(?<=\n)/);
      assert.match(
        warning,
        /WARNING: The bucket lacks objects .* for 2 files: .* reported an upload falsely/,
      );
      assert.match(others.join(''), ESCROW_WARNING);
      assert.match(
        world.takeSyslog(),
        /The bucket lacks 2 files as they are on disk\.[\s\S]*Transferred 2 files/,
      );
      await world.assertStored();
    });

    test(`a full run names a file that the AWS CLI repeatedly reports as uploaded in vain, with exit code 3, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('claims-on', cli, (remove) => t.after(remove));
      world.config({ FULL_CHECK_HOURS: '20' });
      world.write('stays', 'x');
      assert.equal((await world.sync()).code, 0);
      world.write('claimed', 'x');
      wrapAws(world, cli, `if ${UPLOAD_OF_LINKS}; then rm "$links/claimed"; mkdir "$links/empty"; fi`);
      const full = await world.run('encrypted-s3-sync', ['--full', world.configFile]);
      assert.equal(full.code, 3, full.stderr);
      assert.match(
        full.stderr,
        /ERROR: ".*\/claimed" is not in the backup as it is: the bucket does not hold it/,
      );
    });
  }
});

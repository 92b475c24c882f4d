import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HeldFolder } from '../../lib/restore/destination/held-folder.js';
import { Stage } from '../../lib/restore/destination/stage.js';
import { s3Error } from '../fakes/replies.js';
import { entriesOf } from '../s3/entries.js';
import { PREFIX } from './bucket-world.js';
import { fill, RestoreWorld } from './restore-world.js';

test('a restore names an entry of another type in the destination, keeps it, and restores all others', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  mkdirSync(join(world.to, 'top/with'), { recursive: true });
  writeFileSync(join(world.to, 'd'), 'a file');
  const { code, stderr } = await world.restore(['--overwrite']);
  assert.equal(code, 1);
  const where = world.to;
  for (const line of [
    `ERROR: "top" is not restored: a folder is at "${where}/top".`,
    `ERROR: "d/" is not restored: a file is at "${where}/d".`,
    `ERROR: "d/deep/file" is not restored: a file is at "${where}/d".`,
    `ERROR: "d/link" is not restored: a file is at "${where}/d".`,
    'ERROR: None of the files could be restored.',
  ]) {
    assert.ok(stderr.split('\n').includes(line), `${line} is not in\n${stderr}`);
  }
  assert.deepEqual(readdirSync(world.to).sort(), ['d', 'empty', 'top']);
  assert.equal(readFileSync(join(world.to, 'd'), 'utf8'), 'a file');
});

test('a restore includes objects that an interrupted run has stored after the last tree, and warns', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  assert.equal((await world.restore()).code, 0);
  const { keyHash } = world.current(`${PREFIX}top`);
  world.bucket.add(`${PREFIX}top`, Buffer.from('TOP'), keyHash, Date.now() + 2000);
  const words = [join(world.home, 'new')];
  for (const outcome of [await world.restore(['--overwrite']), await world.restore([], { words })]) {
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(
      outcome.stderr,
      /WARNING: The bucket has 1 file newer than the tree of that run, perhaps because of an interrupted run: /,
    );
  }
  assert.equal(readFileSync(join(world.to, 'top'), 'utf8'), 'TOP');
  assert.equal(readFileSync(join(world.home, 'new/top'), 'utf8'), 'TOP');
});

test('a file that is in the tree but not in the bucket is named, with exit code 3', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  world.bucket.add(`${PREFIX}top`, undefined);
  const { code, stderr } = await world.restore();
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^Restoring .*\nERROR: "top" is not restored: the tree has it, but the bucket does not\.\nRestored 1 file, 3 folders, 1 link\.\n$/,
  );
  assert.ok(existsSync(join(world.to, 'd/deep/file')) && !existsSync(join(world.to, 'top')));
});

test('a file that cannot be read, such as one in an archive, stops no other, and the exit code is 3', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  const words = s3Error('InvalidObjectState', 'GetObject', 'The operation is not valid.').trim();
  world.onCall('*/pc/docs/top*', `echo '${words}' >&2; exit 254`);
  const { code, stderr } = await world.restore();
  assert.equal(code, 3, stderr);
  assert.ok(
    stderr.includes(
      '\nERROR: "top" is not restored: An error occurred (InvalidObjectState) when calling the GetObject operation: The operation is not valid.\nHINT: It is archived. ',
    ),
    stderr,
  );
  assert.ok(existsSync(join(world.to, 'd/deep/file')));
});

test('a download that the AWS CLI rejects after it has written the file is not restored, and the exit code is 3', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  world.onCall(
    '*/pc/docs/top*',
    `for it; do case "$it" in */singles-*) printf pot > "$it";; esac; done
     echo 'Expected checksum AAAAAA== did not match calculated checksum: BBBBBB==' >&2; exit 255`,
  );
  const { code, stderr } = await world.restore();
  assert.equal(code, 3, stderr);
  assert.match(stderr, /ERROR: "top" is not restored: Expected checksum AAAAAA== did not match .*\./);
  assert.ok(!existsSync(join(world.to, 'top')));
});

test('expired credentials stop the restore, and the downloaded files stay in its stage', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  // The answer to a HEAD request has no message.
  const bare = s3Error('400', 'HeadObject', 'Bad Request').trim();
  const words = s3Error('ExpiredToken', 'GetObject', 'The provided token has expired.').trim();
  world.onCall(
    '*pc/docs/top*',
    `case "$*" in *--range*) echo '${words}';; *) echo '${bare}';; esac >&2; exit 1`,
  );
  const { code, stderr } = await world.restore();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /ERROR: .*\(ExpiredToken\).*\nHINT: S3 does not accept the profile's credentials/);
  assert.match(readdirSync(world.to).join(), /^\.encrypted-s3-restore-\w+$/);
});

test('a restore replaces a file in the stage of an interrupted one if the bucket has a newer object', async (t) => {
  const world = new RestoreWorld(t);
  for (let number = 0; number < 130; number += 1) world.write(`${number}`, 'new');
  await world.backUp();
  mkdirSync(world.to);
  const stage = new Stage(new HeldFolder(world.to), { bucket: 'test-bucket', prefix: PREFIX });
  for (let number = 0; number < 130; number += 1) {
    writeFileSync(join(stage.bulk.path, `${number}`), 'old');
    utimesSync(join(stage.bulk.path, `${number}`), 1e9, 1e9);
  }
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.fetched(), ['*']);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
});

test('a restore names its stage if it cannot remove it, and the stage of another restore', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  mkdirSync(world.to);
  const other = new Stage(new HeldFolder(world.to), { bucket: 'test-bucket', prefix: 'other/' });
  const stage = new Stage(new HeldFolder(world.to), { bucket: 'test-bucket', prefix: PREFIX });
  const closed = join(stage.held.name, 'closed');
  mkdirSync(join(closed, 'file'), { recursive: true });
  chmodSync(closed, 0);
  const { code, stderr } = await world.restore();
  chmodSync(closed, 0o700);
  assert.equal(code, 0, stderr);
  for (const line of [
    `WARNING: "${other.held.name}" belongs to another restore, interrupted or still running. `,
    `WARNING: "${stage.held.name}" can't be removed: permission denied. `,
  ]) {
    assert.ok(stderr.includes(line), stderr);
  }
  assert.ok(existsSync(other.held.name));
});

test('for a prefix with an empty part, and a folder above backups, the right URLs are named', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  world.config({ REMOTE_DIR_PREFIX: 'pc/docs/' });
  await world.backUp();
  const restore = (url: string, to: string, ...flags: string[]) =>
    world.restore(flags, { words: ['default', 'eu-central-1', url, join(world.home, to)] });
  for (const url of ['s3://test-bucket/pc/docs', 's3://test-bucket/pc/docs/', 's3://test-bucket/pc']) {
    for (const flags of [[], ['--at', '0 seconds ago']]) {
      const { code, stderr } = await restore(url, 'to', ...flags);
      assert.equal(code, 1, stderr);
      assert.match(
        stderr,
        /^ERROR: No key below s3:\S+ names a file in a folder\.\nHINT: .* Restore s3:\/\/test-bucket\/pc\/docs\/\/\n$/,
      );
      assert.ok(!existsSync(world.to));
    }
  }
  const whole = await restore('s3://test-bucket/pc/docs//', 'to');
  assert.equal(whole.code, 0, whole.stderr);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));

  world.config({ REMOTE_DIR_PREFIX: 'pc/other' });
  await world.backUp();
  const above = await restore('s3://test-bucket/pc/', 'above');
  assert.equal(above.code, 3, above.stderr);
  assert.match(
    above.stderr,
    /WARNING: There is no tree file for .* by its URL: s3:\/\/test-bucket\/pc\/docs\/\/, s3:\/\/test-bucket\/pc\/other\/\n/,
  );
  assert.equal(readFileSync(join(world.home, 'above/other/top'), 'utf8'), 'top');
});

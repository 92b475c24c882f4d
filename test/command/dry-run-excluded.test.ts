// What a dry run reports about excluded files.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BucketWorld } from './bucket-world.js';

const lines = (text: string) => text.split('\n').filter(Boolean);

test('a dry run shows how many files and bytes each rule excludes', async (t) => {
  const world = new BucketWorld(t);
  const sized = (path: string, size: number) => world.write(path, 'x'.repeat(size));
  world.write('a', 'a');
  for (let number = 0; number < 1204; number += 1) world.write(`${number}.tmp`, '');
  sized('d/x.tmp', 3 * 1024);
  sized('cache/deep/er/x', 1000);
  sized('cache/y', 24);
  world.write('target/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc55');
  sized('target/debug/x', 7);
  world.write('no/.nobackup', '');
  sized('no/x', 5);
  sized('large', 5000);
  symlinkSync('/', join(world.source, 'cache/root'));
  world.config({ EXCLUDE_CACHES: 'yes', EXCLUDE_IF_PRESENT: '.nobackup', EXCLUDE_LARGER_THAN: '4K' });
  appendFileSync(world.configFile, "EXCLUDE=('*.tmp' 'cache/*' 'never')\n");
  const { code, stdout, stderr } = await world.sync(['--dry-run']);
  assert.deepEqual([code, stderr], [0, '']);
  const [excluded, others] = [lines(stdout).filter((it) => it.includes(' exclude: ')), lines(stdout)];
  assert.deepEqual(others.slice(-excluded.length), excluded);
  assert.deepEqual(
    excluded.sort(),
    [
      "(dryrun) exclude: 1 file, 5 bytes (EXCLUDE_IF_PRESENT '.nobackup')",
      '(dryrun) exclude: 1 file, 4.9 KiB (EXCLUDE_LARGER_THAN)',
      '(dryrun) exclude: 1 file, 7 bytes (EXCLUDE_CACHES)',
      "(dryrun) exclude: 1,205 files, 3.0 KiB (EXCLUDE '*.tmp')",
      "(dryrun) exclude: 2 files, 1.0 KiB (EXCLUDE 'cache/*')",
    ].sort(),
  );
  assert.deepEqual(
    others.filter((it) => it.includes(' upload: ')),
    ['a', 'no/.nobackup', 'target/CACHEDIR.TAG'].map((path) => `(dryrun) upload: ${path} (new)`),
  );
});

test('a dry run counts the unreadable entries in excluded folders, and does not fail', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'cache/locked/x', 'cache/secret', 'cache/y']) world.write(path, path);
  assert.equal((await world.sync()).code, 0);
  chmodSync(join(world.source, 'cache/secret'), 0);
  chmodSync(join(world.source, 'cache/locked'), 0);
  appendFileSync(world.configFile, "EXCLUDE=('cache/*')\n");
  const { code, stdout, stderr } = await world.sync(['--dry-run']);
  chmodSync(join(world.source, 'cache/locked'), 0o755);
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(
    stdout,
    "(dryrun) exclude: 2 files, 19 bytes, and 1 place that can't be read (EXCLUDE 'cache/*')\n",
  );
});

test('each rule is one line, whatever is in its pattern', async (t) => {
  const world = new BucketWorld(t);
  world.write('a\nb', '');
  appendFileSync(world.configFile, "EXCLUDE=($'a\\n*')\n");
  const { stdout } = await world.sync(['--dry-run']);
  assert.ok(stdout.endsWith("(dryrun) exclude: 1 file, 0 bytes (EXCLUDE 'a\\n*')\n"), stdout);
});

import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BucketWorld } from './bucket-world.js';

for (const [count, rest] of [
  [130, 30],
  [100, 0],
] as const) {
  test(`of ${count} files that are not in the backup, stderr names 100 and syslog all`, async (t) => {
    const world = new BucketWorld(t);
    world.write('readable', 'readable');
    const paths = Array.from({ length: count }, (_, number) => `d/${1000 + number}`);
    for (const path of paths) {
      world.write(path, 'x');
      chmodSync(join(world.source, path), 0);
    }
    const { code, stdout, stderr } = await world.sync();
    assert.deepEqual([code, stdout], [3, '']);
    assert.deepEqual(world.stored(), ['readable']);

    const sentences = paths.map(
      (path) =>
        `ERROR: "${world.source}/${path}" can't be read: what it holds now is not in the backup. To exclude it: EXCLUDE=(${path}).`,
    );
    const said = stderr.split('\n').map((line) => line.replace(/^encrypted-s3-sync\[\d+\]: /, ''));
    assert.deepEqual(
      said.filter((line) => line.startsWith('ERROR')),
      [
        ...sentences.slice(0, 100),
        ...(rest === 0 ? [] : [`ERROR: … and ${rest} more; syslog names them all.`]),
      ],
    );
    const logged = world.syslog().map((line) => line.replace(/^<\d+>/, ''));
    const named = logged.filter((line) =>
      line.includes("can't be read: what it holds now is not in the backup."),
    );
    assert.deepEqual(named, sentences);
  });
}

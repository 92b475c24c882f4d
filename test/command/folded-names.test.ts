// A destination that ignores case, made where the kernel can mount one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MANY, RestoreWorld } from './restore-world.js';

/** @returns why it can't be mounted */
function mountCaseless(image: string, at: string): string | undefined {
  writeFileSync(image, '');
  truncateSync(image, 32 * 1024 * 1024);
  for (const [program = '', ...args] of [
    ['mkfs.ext4', '-q', '-O', 'casefold', '-E', 'encoding=utf8', image],
    ['mount', '-o', 'loop', image, at],
    ['rmdir', join(at, 'lost+found')],
    ['chattr', '+F', at],
  ]) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) return `${program}: ${error?.message ?? stderr.trim()}`;
  }
  return undefined;
}

for (const count of [0, MANY]) {
  test(`names that differ by case only, ${count === 0 ? 'file by file' : 'in bulk'}: the first is restored`, async (t) => {
    const world = new RestoreWorld(t);
    mkdirSync(world.to);
    t.after(() => spawnSync('umount', [world.to]));
    const reason = mountCaseless(join(world.home, 'image'), world.to);
    if (reason !== undefined) {
      t.skip(reason);
      return;
    }
    try {
      for (const name of ['A.txt', 'a.txt', 'b.txt']) world.write(name, name);
      for (let number = 0; number < count; number += 1) world.write(`many/${number}`, `${number}`);
      await world.backUp();
      const { code, stderr } = await world.restore();
      assert.equal(code, 3, stderr);
      assert.match(stderr, /ERROR: "a\.txt" is not restored: "A\.txt" has its place: .*\nRestored /);
      assert.deepEqual(
        readdirSync(world.to)
          .filter((name) => name.endsWith('.txt'))
          .sort(),
        ['A.txt', 'b.txt'],
      );
      assert.equal(readFileSync(join(world.to, 'A.txt'), 'utf8'), 'A.txt');
    } finally {
      // Before the world is removed.
      spawnSync('umount', [world.to]);
    }
  });
}

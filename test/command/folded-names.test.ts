// A destination that tells neither case nor the forms of accents apart.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MANY, RestoreWorld } from './restore-world.js';

const CASELESS_FS = fileURLToPath(new URL('../../../test/fakes/caseless-fs.py', import.meta.url));

/** Calls `work` while such a file system is mounted at `at`; skips the test where there is no FUSE. */
async function withCaselessFs(t: TestContext, at: string, work: () => Promise<void>): Promise<void> {
  const folder = `${at}-behind`;
  mkdirSync(at);
  mkdirSync(folder);
  const server = spawn('python3', [CASELESS_FS, folder, at], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  server.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const ended = new Promise((resolve) => server.on('error', resolve).on('close', resolve));
  const isMounted = () => readFileSync('/proc/self/mounts', 'utf8').includes(` ${at} `);
  while (server.exitCode === null && !isMounted()) await Promise.race([ended, sleep(20)]);
  try {
    if (isMounted()) await work();
    else t.skip(`no FUSE: ${stderr.trim().split('\n').at(-1)}`);
  } finally {
    spawnSync('fusermount', ['-u', at]);
    await ended;
  }
}

for (const count of [0, MANY]) {
  test(`names that are the same to the destination, ${count === 0 ? 'file by file' : 'in bulk'}: the first is restored, the others are named`, async (t) => {
    const world = new RestoreWorld(t);
    for (const name of ['A.txt', 'a.txt', 'b.txt', 'D/same', 'd/SAME', 'd/other', 'l'])
      world.write(name, name);
    for (const name of ['e\u0301', '\u00e9']) world.write(name, JSON.stringify(name));
    for (let number = 0; number < count; number += 1) world.write(`many/${number}`, `${number}`);
    symlinkSync('b.txt', join(world.source, 'L'));
    await world.backUp();
    await withCaselessFs(t, world.to, async () => {
      for (const flags of [[], ['--overwrite']]) {
        const { code, stderr } = await world.restore(flags);
        assert.equal(code, 3, stderr);
        const why = 'has its place: to this file system, both names are the same.';
        const named = stderr.split('\n').filter((line) => line.startsWith('ERROR: '));
        assert.deepEqual(named.sort(), [
          `ERROR: "L" is not restored: "l" ${why}`,
          `ERROR: "a.txt" is not restored: "A.txt" ${why}`,
          `ERROR: "d/" is not restored: "D/" ${why}`,
          `ERROR: "d/SAME" is not restored: "D/same" ${why}`,
          `ERROR: "\u00e9" is not restored: "e\u0301" ${why}`,
        ]);
        const there = readdirSync(world.to).filter((name) => name !== 'many');
        assert.deepEqual(there.sort(), ['A.txt', 'D', 'b.txt', 'e\u0301', 'l']);
        for (const name of ['A.txt', 'b.txt', 'D/same', 'd/other', 'l'])
          assert.equal(readFileSync(join(world.to, name), 'utf8'), name);
        assert.equal(readFileSync(join(world.to, 'e\u0301'), 'utf8'), '"e\u0301"');
      }
    });
  });
}

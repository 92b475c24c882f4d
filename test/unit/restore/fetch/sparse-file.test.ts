import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { InterruptedError } from '../../../../lib/cli/errors.js';
import { Interruption } from '../../../../lib/cli/signals/interruption.js';
import { makeSparse, mayHaveHoles, writeSparsely } from '../../../../lib/restore/fetch/sparse-file.js';
import { Random } from '../../../property/random.js';
import { temporaryFolder } from '../pieces.js';

/** Bytes with runs of zeros, most of them longer than a block. */
function contentOf(random: Random): Buffer {
  const parts = Array.from({ length: random.below(8) }, () =>
    Buffer.alloc(random.below(20_000), random.below(2) === 0 ? 0 : 'x'),
  );
  return Buffer.concat(parts);
}

async function* chunksOf(content: Buffer, random: Random): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; ) {
    const end = at + 1 + random.below(10_000);
    yield content.subarray(at, end);
    at = end;
  }
}

test('the file holds what was written, in whatever pieces that came', async (t) => {
  const folder = temporaryFolder(t);
  const random = new Random(1);
  for (let number = 0; number < 100; number += 1) {
    const content = contentOf(random);
    const file = join(folder, `${number}`);
    await writeSparsely(chunksOf(content, random), file);
    assert.ok(readFileSync(file).equals(content), `${number}`);
  }
});

test('blocks of zeros take no room', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  const content = Buffer.alloc(10 << 20);
  content.write('x', 5 << 20);
  await writeSparsely(chunksOf(content, new Random(1)), file);
  assert.ok(statSync(file).blocks * 512 <= 8192);
});

test('a file is made sparse in its place, with its mode and mtime, and a missing one stays missing', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'file');
  const content = Buffer.alloc(10 << 20);
  content.write('x', 5 << 20);
  writeFileSync(file, content);
  chmodSync(file, 0o644);
  utimesSync(file, 1e9, 1e9);
  await makeSparse(file, new Interruption());
  const { blocks, mode, mtimeMs } = statSync(file);
  assert.ok(blocks * 512 <= 8192);
  assert.deepEqual([mode & 0o777, mtimeMs], [0o644, 1e12]);
  assert.ok(readFileSync(file).equals(content));
  await makeSparse(join(folder, 'missing'), new Interruption());
  assert.deepEqual(readdirSync(folder), ['file']);
});

test('a file may have holes if it has a MiB of zeros, in blocks', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  for (const [content, mayHave] of [
    [Buffer.alloc(1 << 20), true],
    [
      Buffer.concat([
        Buffer.alloc(4096, 'x'),
        Buffer.alloc(1 << 19),
        Buffer.from('x'),
        Buffer.alloc(1 << 20),
      ]),
      true,
    ],
    [Buffer.alloc((1 << 20) - 1), false],
    [Buffer.alloc(4 << 20, `x${'\0'.repeat(4095)}`), false],
    [Buffer.alloc(0), false],
  ] as const) {
    writeFileSync(file, content);
    assert.equal(await mayHaveHoles(file, new Interruption()), mayHave, `${content.length}`);
  }
});

test('a signal ends the search for zeros and the copy, and leaves the file as it is', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, Buffer.alloc(4 << 20));
  const interruption = new Interruption();
  interruption.interrupt('SIGINT');
  for (const work of [mayHaveHoles, makeSparse])
    await assert.rejects(work(file, interruption), InterruptedError);
  assert.deepEqual(readdirSync(folder), ['file']);
  assert.equal(statSync(file).size, 4 << 20);
});

import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ExactTime, setExactTimes } from '../../../lib/restore/exact-times.js';
import { type Bytes, bytesOf, pathOf } from '../../../lib/tree/bytes.js';
import { temporaryFolder } from './pieces.js';

const TIMES = [
  '0',
  '1',
  '999999999',
  '1000000000000000001',
  '1700000000123456789',
  '-1',
  '-999999999',
  '-1000000000',
  '-1500000000',
  '-62999999999999999',
];
const NAMES = ['plain', '-x', 'two words', 'new\nline', '"\'\\', 'ü', '\xff\xfe', 'x'.repeat(255)];

function mtimeOf(path: Bytes): string {
  return `${lstatSync(pathOf(path), { bigint: true }).mtimeNs}`;
}

/** Hides programs from the PATH of what is started. */
function withPath(t: TestContext, path: string): void {
  const before = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = before;
  });
  process.env['PATH'] = path;
}

/** Every name at every time, a folder, a link, and many more than fit into a pipe. */
function filled(folder: string): ExactTime[] {
  const times: ExactTime[] = [];
  for (const [at, mtime] of TIMES.entries()) {
    mkdirSync(join(folder, `${at}`));
    for (const name of NAMES) {
      const path = `${folder}/${at}/${name}` as Bytes;
      writeFileSync(pathOf(path), '');
      times.push({ path, mtime });
    }
  }
  symlinkSync('nowhere', join(folder, 'dangling'));
  mkdirSync(join(folder, 'folder'));
  times.push({ path: bytesOf(join(folder, 'dangling')), mtime: '-123456789' });
  times.push({ path: bytesOf(join(folder, 'folder')), mtime: '123456789' });
  return times;
}

async function* streamed(times: readonly ExactTime[]): AsyncGenerator<ExactTime> {
  yield* times;
}

/** touch, xargs and no python3. */
function toolsWithoutPython(t: TestContext): string {
  const bin = temporaryFolder(t);
  for (const name of ['touch', 'xargs']) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  return bin;
}

for (const setter of ['python3', 'touch']) {
  test(`${setter} sets times of all names to the nanosecond`, async (t) => {
    const times = filled(temporaryFolder(t));
    if (setter === 'touch') withPath(t, toolsWithoutPython(t));
    assert.equal(await setExactTimes(() => streamed(times)), true);
    for (const { path, mtime } of times) assert.equal(mtimeOf(path), mtime, JSON.stringify(path));
  });

  test(`${setter} does not follow links`, async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('file', join(folder, 'link'));
    const before = mtimeOf(bytesOf(join(folder, 'file')));
    if (setter === 'touch') withPath(t, toolsWithoutPython(t));
    const path = bytesOf(join(folder, 'link'));
    assert.equal(await setExactTimes(() => streamed([{ path, mtime: '5' }])), true);
    assert.deepEqual([mtimeOf(path), mtimeOf(bytesOf(join(folder, 'file')))], ['5', before]);
  });
}

test('more than fits into a pipe', async (t) => {
  const path = bytesOf(join(temporaryFolder(t), 'file'));
  writeFileSync(path, '');
  const many = Array.from({ length: 20_000 }, (_, at) => ({ path, mtime: `${at}` }));
  assert.equal(await setExactTimes(() => streamed(many)), true);
  assert.equal(mtimeOf(path), '19999');
});

test('one that fails has the next setter try, and in the end is told', async (t) => {
  const folder = temporaryFolder(t);
  const path = bytesOf(join(folder, 'file'));
  writeFileSync(path, '');
  const times = () => streamed([{ path, mtime: '7' }]);
  const early: [string, string] = ['sh', '-c'];
  assert.equal(await setExactTimes(times, [['no-such-program'], [...early, 'exit 3']]), false);
  assert.equal(
    await setExactTimes(times, [
      [...early, 'exit 3'],
      [...early, 'cat > "$0"', `${path}2`],
    ]),
    true,
  );
  assert.equal(lstatSync(`${path}2`).size, `@0.000000007\0${path}\0`.length);
});

test('one time that can not be set leaves the others set, and is told', async (t) => {
  const folder = temporaryFolder(t);
  const [a, b] = [bytesOf(join(folder, 'a')), bytesOf(join(folder, 'b'))];
  for (const path of [a, b]) writeFileSync(path, '');
  const times = [a, bytesOf(join(folder, 'a/below')), b].map((path) => ({ path, mtime: '7' }));
  assert.equal(await setExactTimes(() => streamed(times)), false);
  assert.deepEqual([mtimeOf(a), mtimeOf(b)], ['7', '7']);
});

test('none at all', async () => {
  assert.equal(await setExactTimes(() => streamed([])), true);
});

test('the program that sets times does not get a key that the environment holds', async (t) => {
  const file = join(temporaryFolder(t), 'environment');
  process.env['ENCRYPTION_KEY'] = 'secret';
  t.after(() => delete process.env['ENCRYPTION_KEY']);
  assert.equal(await setExactTimes(() => streamed([]), [['sh', '-c', `env > '${file}'; cat`]]), true);
  assert.match(readFileSync(file, 'utf8'), /^PATH=/m);
  assert.doesNotMatch(readFileSync(file, 'utf8'), /ENCRYPTION_KEY|secret/);
});

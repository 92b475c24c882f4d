import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FoldersBelow } from '../../../../lib/restore/destination/folders-below.js';
import { HeldFolder } from '../../../../lib/restore/destination/held-folder.js';
import {
  type ExactTime,
  setExactTimes,
  type TimeSetter,
} from '../../../../lib/restore/metadata/exact-times.js';
import { type Bytes, bytesOf, joinPath, pathOf } from '../../../../lib/tree/bytes.js';
import { temporaryFolder } from '../pieces.js';

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

function mtimeOf(folder: string, key: Bytes): string {
  return `${lstatSync(pathOf(joinPath(bytesOf(folder), key)), { bigint: true }).mtimeNs}`;
}

function foldersOf(folder: string): FoldersBelow {
  return new FoldersBelow(new HeldFolder(folder));
}

/** Sets the PATH of child processes. */
function withPath(t: TestContext, path: string): void {
  const before = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = before;
  });
  process.env['PATH'] = path;
}

/** Makes files of all names and times, a folder, and a link. */
function filled(folder: string): ExactTime[] {
  const times: ExactTime[] = [];
  for (const [at, mtime] of TIMES.entries()) {
    mkdirSync(join(folder, `${at}`));
    for (const name of NAMES) {
      const key = `${at}/${name}` as Bytes;
      writeFileSync(pathOf(joinPath(bytesOf(folder), key)), '');
      times.push({ key, mtime });
    }
  }
  symlinkSync('nowhere', join(folder, 'dangling'));
  mkdirSync(join(folder, 'folder'));
  times.push({ key: bytesOf('dangling'), mtime: '-123456789' });
  times.push({ key: bytesOf('folder/'), mtime: '123456789' });
  return times;
}

async function* streamed(times: readonly ExactTime[]): AsyncGenerator<ExactTime> {
  yield* times;
}

/** A PATH with touch and xargs, and without python3. */
function toolsWithoutPython(t: TestContext): string {
  const bin = temporaryFolder(t);
  for (const name of ['touch', 'xargs']) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  return bin;
}

for (const setter of ['python3', 'touch']) {
  test(`${setter} sets times of all names to the nanosecond`, async (t) => {
    const folder = temporaryFolder(t);
    const times = filled(folder);
    if (setter === 'touch') withPath(t, toolsWithoutPython(t));
    assert.equal(await setExactTimes(foldersOf(folder), () => streamed(times)), true);
    for (const { key, mtime } of times) assert.equal(mtimeOf(folder, key), mtime, JSON.stringify(key));
  });

  test(`${setter} does not follow links`, async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('file', join(folder, 'link'));
    const file = bytesOf('file');
    const before = mtimeOf(folder, file);
    if (setter === 'touch') withPath(t, toolsWithoutPython(t));
    const key = bytesOf('link');
    assert.equal(await setExactTimes(foldersOf(folder), () => streamed([{ key, mtime: '5' }])), true);
    assert.deepEqual([mtimeOf(folder, key), mtimeOf(folder, file)], ['5', before]);
  });

  test(`${setter} does not pass through a link in the place of a folder, and sets the other times`, async (t) => {
    const folder = temporaryFolder(t);
    const outside = temporaryFolder(t);
    const [file, other] = [bytesOf('file'), bytesOf('other/file')];
    writeFileSync(join(outside, file), '');
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, other), '');
    symlinkSync(outside, join(folder, 'link'));
    const before = mtimeOf(outside, file);
    if (setter === 'touch') withPath(t, toolsWithoutPython(t));
    const times = ['link/file', 'other/file'].map((key) => ({ key: bytesOf(key), mtime: '5' }));
    assert.equal(await setExactTimes(foldersOf(folder), () => streamed(times)), false);
    assert.deepEqual([mtimeOf(outside, file), mtimeOf(folder, other)], [before, '5']);
  });
}

test('more times than fit into a pipe are all set', async (t) => {
  const folder = temporaryFolder(t);
  const key = bytesOf('file');
  writeFileSync(join(folder, key), '');
  const many = Array.from({ length: 20_000 }, (_, at) => ({ key, mtime: `${at}` }));
  assert.equal(await setExactTimes(foldersOf(folder), () => streamed(many)), true);
  assert.equal(mtimeOf(folder, key), '19999');
});

test('the next setter is tried when one fails, and the result says so when all fail', async (t) => {
  const folder = temporaryFolder(t);
  const key = bytesOf('file');
  writeFileSync(join(folder, key), '');
  const times = () => streamed([{ key, mtime: '7' }]);
  const setter = (...command: [string, ...string[]]): TimeSetter => ({ command, followsLinks: false });
  const failing = setter('sh', '-c', 'exit 3');
  assert.equal(await setExactTimes(foldersOf(folder), times, [setter('no-such-program'), failing]), false);
  const noting = setter('sh', '-c', 'cat > noted');
  assert.equal(await setExactTimes(foldersOf(folder), times, [failing, noting]), true);
  assert.equal(readFileSync(join(folder, 'noted'), 'utf8'), `@0.000000007\0${key}\0`);
});

test('one time that cannot be set leaves the others set, and the result says so', async (t) => {
  const folder = temporaryFolder(t);
  const [a, b] = [bytesOf('a'), bytesOf('b')];
  for (const name of [a, b]) writeFileSync(join(folder, name), '');
  const times = [a, bytesOf('a/below'), b].map((key) => ({ key, mtime: '7' }));
  assert.equal(await setExactTimes(foldersOf(folder), () => streamed(times)), false);
  assert.deepEqual([mtimeOf(folder, a), mtimeOf(folder, b)], ['7', '7']);
});

test('a restore without any times does not fail', async (t) => {
  assert.equal(await setExactTimes(foldersOf(temporaryFolder(t)), () => streamed([])), true);
});

test('the program that sets times does not get a key that the environment holds', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'environment');
  process.env['ENCRYPTION_KEY'] = 'secret';
  t.after(() => delete process.env['ENCRYPTION_KEY']);
  assert.equal(
    await setExactTimes(foldersOf(folder), () => streamed([{ key: bytesOf('a'), mtime: '1' }]), [
      { command: ['sh', '-c', `env > '${file}'; cat`], followsLinks: false },
    ]),
    true,
  );
  assert.match(readFileSync(file, 'utf8'), /^PATH=/m);
  assert.doesNotMatch(readFileSync(file, 'utf8'), /ENCRYPTION_KEY|secret/);
});

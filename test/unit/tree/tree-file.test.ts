import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Bytes, bytesOf } from '../../../lib/tree/bytes.js';
import type { Entry } from '../../../lib/tree/entry.js';
import { formatEntry, parseEntry } from '../../../lib/tree/entry-line.js';
import { flatten } from '../../../lib/tree/streams/batches.js';
import { DamagedTreeError, entryOfLine, openTree, treeLine } from '../../../lib/tree/tree-file.js';
import { TreeWriter } from '../../../lib/tree/tree-writer.js';

const HEADER = { runId: 'id', started: '2026-01-01T00:00:00.000Z', root: '/data' };
const NAMES = { membersOf: (uid: number) => (uid === 0 ? ',"user":"root"' : '') };
const INODE = {
  size: 5,
  mtime: '1700000000123456789',
  ctime: '-1',
  mode: 0o4755,
  uid: 0,
  gid: 12,
  ino: 9007199254740991,
};
const ENTRIES: readonly Entry[] = [
  { key: bytesOf('a "quoted"\nname'), type: 'file', inode: INODE },
  { key: bytesOf('dir/'), type: 'directory', inode: { ...INODE, size: 4096 } },
  { key: bytesOf('dir/ü'), type: 'file', inode: INODE },
  { key: 'link\xff' as Bytes, type: 'link', inode: INODE, target: 'to\xfe' as Bytes },
];

async function written(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tree-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tree.ndjson.gz');
  const writer = new TreeWriter(file, HEADER);
  for (const entry of ENTRIES) await writer.write(entry, formatEntry(entry, NAMES));
  assert.deepEqual(await writer.close(), { files: 2, bytes: 10, directories: 1, links: 1 });
  return file;
}

async function read(file: string): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const entry of flatten((await openTree(file, parseEntry)).entries)) found.push(entry);
  return found;
}

test('a line is parsed when its entry is needed', async (t) => {
  const found: Entry[] = [];
  for await (const line of flatten((await openTree(await written(t), treeLine)).entries)) {
    const entry = entryOfLine(line);
    assert.equal(line.key, entry.key);
    found.push(entry);
  }
  assert.deepEqual(found, ENTRIES);
  for (const line of ['{"path":"a"}', '{"path":"', 'no JSON'])
    assert.throws(() => entryOfLine({ key: bytesOf('a'), line }), DamagedTreeError);
  assert.equal(treeLine('{}'), undefined);
});

test('a tree file that was written can be read, also with gunzip and a JSON parser', async (t) => {
  const file = await written(t);
  const { runId, started, root } = await openTree(file, parseEntry);
  assert.deepEqual({ runId, started, root }, HEADER);
  assert.deepEqual(await read(file), ENTRIES);
  const lines = gunzipSync(readFileSync(file))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(lines[0], { format: 'encrypted-s3-backup tree', version: 1, ...HEADER });
  assert.deepEqual(lines[1], {
    path: 'a "quoted"\nname',
    type: 'file',
    size: 5,
    mtime: '1700000000123456789',
    ctime: '-1',
    mode: '04755',
    uid: 0,
    gid: 12,
    ino: 9007199254740991,
    user: 'root',
  });
  assert.deepEqual([lines[4].path64, lines[4].target64], ['bGlua/8=', 'dG/+']);
  assert.deepEqual(lines[5], { end: true, files: 2, bytes: 10, directories: 1, links: 1 });
});

test('a torn or damaged file is refused, and one of a later version with advice', async (t) => {
  const file = await written(t);
  const whole = readFileSync(file);
  const text = gunzipSync(whole).toString();
  const withText = (it: string) => writeFileSync(file, gzipSync(it));
  const damages: [string, () => void][] = [
    ['torn', () => writeFileSync(file, whole.subarray(0, -20))],
    [
      'a byte changed',
      () =>
        writeFileSync(
          file,
          whole.map((byte, at) => (at === 60 ? byte ^ 1 : byte)),
        ),
    ],
    ['not gzipped', () => writeFileSync(file, text)],
    ['empty', () => writeFileSync(file, '')],
    ['no end', () => withText(text.replace(/.*\n$/, ''))],
    ['a line missing', () => withText(text.replace(/\n.*"dir\/".*\n/, '\n'))],
    ['out of order', () => withText(text.replace('"path":"dir/ü"', '"path":"a"'))],
    ['no JSON', () => withText(text.replace('{"path":"dir/"', '{path'))],
    ['another format', () => withText(text.replace('backup tree', 'backup'))],
    ['a wrong number', () => withText(text.replace('"size":5', '"size":-5'))],
  ];
  for (const [what, damage] of damages) {
    damage();
    await assert.rejects(read(file), DamagedTreeError, what);
  }
  withText(text.replace('"version":1', '"version":3'));
  await assert.rejects(read(file), (error: Error & { hint?: string }) => {
    assert.ok(!(error instanceof DamagedTreeError));
    assert.match(error.message, /version 3/);
    assert.match(error.hint ?? '', /update this one/);
    return true;
  });
  await assert.rejects(read(`${file}.missing`), DamagedTreeError);
});

test('a writer that is abandoned ends its streams', { timeout: 10_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tree-'));
  t.after(() => rmSync(folder, { recursive: true }));
  await new TreeWriter(join(folder, 'tree'), HEADER).abandon();
});

test('a full disk makes the writer throw', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tree-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'fifo');
  execFileSync('mkfifo', [file]);
  // The script reads a part of the file slowly, and then stops.
  const script = 'exec < "$1"; sleep 0.2; head -c 200000 >/dev/null; sleep 0.2';
  const reader = spawn('sh', ['-c', script, 'sh', file], { stdio: 'ignore' });
  t.after(() => reader.kill());
  const writer = new TreeWriter(file, HEADER);
  const entry: Entry = { key: bytesOf('a'), type: 'file', inode: INODE };
  const writing = (async () => {
    for (let count = 0; count < 3000; count += 1) await writer.write(entry, randomBytes(300).toString('hex'));
    await writer.close();
  })();
  await assert.rejects(writing, /Can't write the tree file ".*\/fifo": /);
  await writer.abandon();
});

test("an inode's number may be text, as in older trees", () => {
  const line = JSON.parse(formatEntry({ key: bytesOf('a'), type: 'file', inode: INODE }, NAMES));
  const withIno = (ino: unknown) => parseEntry(JSON.stringify({ ...line, ino }))?.inode;
  assert.deepEqual(withIno(`${INODE.ino}`), INODE);
  for (const ino of ['x', -1, 2 ** 60]) assert.equal(withIno(ino)?.ino, undefined);
});

test('lines that are compressed while others are added come out as they were written', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tree-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tree');
  const writer = new TreeWriter(file, HEADER);
  const entry: Entry = { key: bytesOf('a'), type: 'file', inode: INODE };
  // Random lines compress badly, so they take longer than the next ones.
  const lines = Array.from({ length: 10_000 }, () => randomBytes(300).toString('base64'));
  for (const line of lines) await writer.write(entry, line);
  await writer.close();
  const text = gunzipSync(readFileSync(file)).toString();
  assert.ok(text.split('\n').slice(1, -2).join() === lines.join());
});

test('a reader that stops at once leaves no descriptor open', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tree-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tree');
  const writer = new TreeWriter(file, HEADER);
  const entry: Entry = { key: bytesOf('a'), type: 'file', inode: INODE };
  // More than is read at once.
  for (let count = 0; count < 1000; count += 1)
    await writer.write(entry, randomBytes(300).toString('base64'));
  await writer.close();
  const targetOf = (descriptor: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return '';
    }
  };
  const isOpen = () => readdirSync('/proc/self/fd').some((descriptor) => targetOf(descriptor) === file);
  const { entries } = await openTree(file, treeLine);
  assert.ok(isOpen());
  for await (const _ of entries) break;
  // The stream closes the file in the background.
  for (let left = 1000; left > 0 && isOpen(); left -= 1) await sleep(10);
  assert.ok(!isOpen());
});

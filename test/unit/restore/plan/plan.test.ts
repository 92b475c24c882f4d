import assert from 'node:assert/strict';
import { lutimesSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Destination } from '../../../../lib/restore/destination/destination.js';
import { HeldFolder } from '../../../../lib/restore/destination/held-folder.js';
import { type PlanTotals, planRestore } from '../../../../lib/restore/plan/plan.js';
import type { ListedKey, PlannedFile } from '../../../../lib/restore/plan/planned-file.js';
import { Selection } from '../../../../lib/restore/selection.js';
import { bytesOf, textOf } from '../../../../lib/tree/bytes.js';
import type { Entry } from '../../../../lib/tree/entry.js';
import { type Batches, flatten } from '../../../../lib/tree/streams/batches.js';
import { readJson, Spool } from '../../../../lib/tree/streams/spool.js';
import { DamagedTreeError } from '../../../../lib/tree/tree-file.js';
import { entry, MTIME, spoolOf, streamOf, temporaryFolder } from '../pieces.js';

const STORED = 1_500_000_000_000;

/** A key whose wanted version is the current one. */
function current(key: string, size = 1): ListedKey {
  return { key: bytesOf(key), wanted: { size, lastModified: STORED, isCurrent: true }, currentSize: size };
}

/** A key whose wanted version is an older one; `currentSize` is that of the current object, if there is one. */
function older(key: string, size: number, currentSize?: number): ListedKey {
  const wanted = { size, lastModified: STORED, isCurrent: false, versionId: 'v' };
  return { key: bytesOf(key), wanted, currentSize };
}

interface Planned {
  readonly totals: PlanTotals;
  /** The fetch methods, by key. */
  readonly lines: Record<string, string>;
}

async function planned(
  t: TestContext,
  listed: readonly ListedKey[],
  tree?: Batches<Entry>,
  existing?: string,
): Promise<Planned> {
  const folder = temporaryFolder(t);
  const output = new Spool(join(folder, 'planned'));
  const target = existing === undefined ? undefined : new Destination(new HeldFolder(existing), true);
  const planTree = tree && { entries: tree, folder: bytesOf(''), stored: STORED + 999 };
  const selection = new Selection({});
  const totals = await planRestore(
    { listed: spoolOf(folder, 'listed', listed), tree: planTree, selection, existing: target, keeps: 'none' },
    output,
  );
  const lines: Record<string, string> = {};
  for await (const { key, method, isNewer } of flatten(readJson<PlannedFile>(output)))
    if (method !== 'not listed') lines[textOf(key)] = method + (isNewer ? ', newer' : '');
  return { totals, lines };
}

test('every key is fetched by the method that fits it', async (t) => {
  const listed = [
    current('now'),
    older('before', 7),
    older('before, and other now', 7, 9),
    { key: bytesOf('later'), currentSize: 5 },
    current('', 0),
    current('folder/', 0),
    current('with content/', 3),
    current('../out', 4),
    older('a//b', 4, 6),
  ];
  const { lines, totals } = await planned(t, listed);
  assert.deepEqual(lines, {
    '': 'folder',
    now: 'in bulk',
    'folder/': 'folder',
    'with content/': 'unsafe',
    '../out': 'unsafe',
    'a//b': 'unsafe',
    before: 'singly',
    'before, and other now': 'singly',
    later: 'not wanted',
  });
  assert.deepEqual(
    { ...totals, preview: { ...totals.preview } },
    {
      counts: {
        'in bulk': 1,
        singly: 2,
        'there already': 0,
        kept: 0,
        folder: 2,
        unsafe: 3,
        'not wanted': 1,
        undecided: 0,
        'not listed': 0,
      },
      files: 3,
      bytes: 3 * 4096,
      download: 15,
      entries: 0,
      preview: { created: 3, replaced: 0, newerOnDisk: 0, kept: 0, keptInBucket: 0 },
      since: { overwritten: 1, deleted: 1, added: 1 },
    },
  );
});

test('a name that is too long for what the AWS CLI appends is fetched singly', async (t) => {
  const name = (bytes: number) => `d/${'é'.repeat(120)}${'x'.repeat(bytes - 240)}`;
  const { lines } = await planned(t, [current(name(246)), current(name(247)), current(`${name(255)}/x`)]);
  assert.deepEqual(lines, {
    [name(246)]: 'in bulk',
    [name(247)]: 'singly',
    [`${name(255)}/x`]: 'in bulk',
  });
});

test('the room that a restore needs is counted in whole blocks, and only for files to fetch', async (t) => {
  const sizes = { empty: 0, a: 1, block: 4096, more: 4097 };
  const listed = Object.entries(sizes).map(([key, size]) => current(key, size));
  const others = [{ key: bytesOf('unwanted'), currentSize: 1e9 }, current('x/', 0), current('../x', 1e9)];
  assert.equal((await planned(t, [...listed, ...others])).totals.bytes, 4096 + 4096 + 8192);
});

test('entries of the tree are counted, and a link in it needs no object', async (t) => {
  const tree = [entry('d/'), entry('file'), entry('gone'), entry('link', {}, 'file')];
  const { lines, totals } = await planned(t, [current('file'), current('link', 5)], streamOf(tree));
  assert.deepEqual(lines, { file: 'in bulk', link: 'not wanted' });
  assert.deepEqual([totals.entries, totals.files], [4, 2]);
});

test('a file with large holes is fetched singly, and takes the room that it took', async (t) => {
  const size = 300 << 20;
  const sparse = (key: string, allocated: number) => entry(key, { size, allocated });
  const tree = [
    sparse('changed', 0),
    entry('dense', { size }),
    sparse('few', size - (2 << 20)),
    sparse('sparse', 5000),
  ];
  const listed = [
    current('changed', size + 1),
    current('dense', size),
    current('few', size),
    current('sparse', size),
  ];
  const { lines, totals } = await planned(t, listed, streamOf(tree));
  assert.deepEqual(lines, {
    changed: 'in bulk',
    dense: 'in bulk',
    few: 'in bulk',
    sparse: 'singly',
  });
  assert.deepEqual([totals.bytes, totals.download], [3 * size + 4096 + 8192, 4 * size + 1]);
});

test('the plan leaves out keys below a link of the tree, whatever keys sort between them', async (t) => {
  const tree = [
    entry('a', {}, 'x'),
    entry('a-b', {}, 'x'),
    entry('a-c'),
    entry('d/l', {}, 'x'),
    entry('d/l.txt'),
  ];
  const listed = ['a!', 'a-b/in', 'a-c', 'a/in', 'a/in/deep', 'a0', 'd/l', 'd/l.txt', 'd/l/in', 'd/m'];
  const { lines, totals } = await planned(
    t,
    listed.map((key) => current(key)),
    streamOf(tree),
  );
  const methods = Object.entries(lines).map(([key, it]) => [key, it.startsWith('not wanted')]);
  assert.deepEqual(
    methods.flatMap(([key, isNotWanted]) => (isNotWanted ? key : [])),
    ['a-b/in', 'a/in', 'a/in/deep', 'd/l', 'd/l/in'],
  );
  assert.equal(totals.files, 5);
});

test('a file that is in the destination with its size and time is not fetched', async (t) => {
  const to = temporaryFolder(t);
  mkdirSync(join(to, 'folder'));
  symlinkSync('same', join(to, 'link'));
  const seconds = Number(MTIME) / 1e9;
  for (const [name, content, time] of [
    ['same', 'x', seconds],
    ['other size', 'xx', seconds],
    ['other time', 'x', seconds + 0.00001],
    ['by object', 'x', STORED / 1000 + 0.5],
    ['not by object', 'x', STORED / 1000 + 1],
  ] as const) {
    writeFileSync(join(to, name), content);
    lutimesSync(join(to, name), time, time);
  }
  writeFileSync(join(to, 'older'), 'x');
  lutimesSync(join(to, 'older'), seconds, seconds);
  lutimesSync(join(to, 'link'), seconds, seconds);
  const inTree = ['same', 'other size', 'other time', 'link', 'missing', 'folder'];
  const listed = [...inTree, 'by object', 'not by object'].map((key) => current(key));
  // Some programs change a file and keep its mtime.
  listed.push(older('older', 1));
  const tree = streamOf([...inTree, 'older'].map((key) => entry(key)));
  const { lines, totals } = await planned(t, listed, tree, to);
  assert.deepEqual(lines, {
    same: 'there already',
    'by object': 'there already',
    'other size': 'in bulk',
    'other time': 'in bulk',
    link: 'in bulk',
    missing: 'in bulk',
    folder: 'in bulk',
    'not by object': 'in bulk',
    older: 'singly',
  });
  assert.deepEqual([totals.files, totals.bytes], [9, 7 * 4096]);
});

test('an object that is newer than the tree is fetched, although the file looks as the tree has it', async (t) => {
  const to = temporaryFolder(t);
  const names = ['by then', 'in its second', 'later'];
  for (const name of names) {
    writeFileSync(join(to, name), 'x');
    lutimesSync(join(to, name), Number(MTIME) / 1e9, Number(MTIME) / 1e9);
  }
  const later = { size: 1, lastModified: STORED + 1000, isCurrent: true };
  const listed: ListedKey[] = [
    current('by then'),
    { key: bytesOf('in its second'), wanted: { ...later, lastModified: STORED + 999 } },
    { key: bytesOf('later'), wanted: later },
    { key: bytesOf('not in the tree'), wanted: later },
    { key: bytesOf('link'), wanted: later },
    { key: bytesOf('folder/'), wanted: { ...later, size: 0 } },
  ];
  const tree = [...names.map((key) => entry(key, { size: 1 })), entry('link', {}, 'x'), entry('folder/')];
  assert.deepEqual((await planned(t, listed, streamOf(tree), to)).lines, {
    'by then': 'there already',
    'in its second': 'there already',
    later: 'in bulk, newer',
    'not in the tree': 'in bulk',
    link: 'not wanted, newer',
    'folder/': 'folder',
  });
});

test('names that are not ASCII find their entries in the tree', async (t) => {
  const names = ['é', 'z', '\u{fffd}', '😀'];
  const tree = names.map((name) => entry(name, {}, 'x'));
  const { lines } = await planned(
    t,
    names.map((it) => current(it)),
    streamOf(tree),
  );
  assert.deepEqual(
    Object.values(lines),
    names.map(() => 'not wanted'),
  );
});

test('a tree that turns out to be damaged fails the plan', async (t) => {
  const torn = (async function* () {
    yield [entry('a')];
    throw new DamagedTreeError('torn');
  })();
  await assert.rejects(planned(t, [current('a'), current('b')], torn), DamagedTreeError);
});

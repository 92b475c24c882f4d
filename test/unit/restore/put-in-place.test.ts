import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { InterruptedError } from '../../../lib/cli/errors.js';
import { Interruption } from '../../../lib/cli/interruption.js';
import { Incomplete } from '../../../lib/cli/log/incomplete.js';
import type { Log } from '../../../lib/cli/log/log.js';
import { Destination } from '../../../lib/restore/destination/destination.js';
import { FoldedNames } from '../../../lib/restore/destination/folded-names.js';
import { HeldFolder } from '../../../lib/restore/destination/held-folder.js';
import { Stage } from '../../../lib/restore/destination/stage.js';
import { Metadata } from '../../../lib/restore/metadata/metadata.js';
import type { FetchMethod, PlannedFile } from '../../../lib/restore/plan/planned-file.js';
import { putInPlace, type Restored } from '../../../lib/restore/put-in-place.js';
import { type Bytes, bytesOf } from '../../../lib/tree/bytes.js';
import { localOwners } from '../../../lib/tree/disk/owner-names.js';
import type { Entry } from '../../../lib/tree/entry.js';
import { entry, MTIME, spoolOf, streamOf, temporaryFolder } from './pieces.js';

const STORED = 1_500_000_000_000;

class NotingMetadata extends Metadata {
  constructor() {
    super({ keepsSetid: false, onAclFailure: () => undefined, replacesAcls: false, owners: localOwners() });
  }

  /** The keys, in the order in which they were given their metadata. */
  readonly given: string[] = [];

  override apply(path: string | Buffer, it: Entry): void {
    this.given.push(it.key);
    super.apply(path, it);
  }
}

class Place {
  readonly to: string;
  readonly folder: string;
  readonly stage: Stage;
  /** What was said, without the words that are always there. */
  readonly said: string[] = [];
  /** What only syslog gets. */
  readonly noted: string[] = [];
  readonly metadata = new NotingMetadata();
  readonly #plan: PlannedFile[] = [];

  constructor(t: TestContext) {
    this.to = temporaryFolder(t);
    this.folder = temporaryFolder(t);
    this.stage = new Stage(new HeldFolder(this.to), { bucket: 'x', prefix: '' });
  }

  /** An object that has arrived, unless `content` is not given. */
  add(
    key: string,
    content: string | undefined,
    method: FetchMethod = 'in bulk',
    { size = content?.length ?? 1, isNewer = false } = {},
  ): void {
    this.#plan.push({
      key: bytesOf(key),
      index: -1,
      wanted: { size, lastModified: STORED, isCurrent: true },
      method,
      isNewer,
    });
    if (content === undefined || method === 'unsafe' || method === 'folder') return;
    const file = join(this.stage.bulk.path, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, STORED / 1000, STORED / 1000);
  }

  async put(
    tree?: readonly Entry[],
    {
      overwrites = false,
      failures = [] as [number, { why: string }][],
      interruption = new Interruption(),
      names = undefined as FoldedNames | undefined,
    } = {},
  ): Promise<Restored> {
    const log = {
      error: (text: string) => this.said.push(text),
      info: (text: string) => this.noted.push(text),
    };
    const options = {
      destination: new Destination(new HeldFolder(this.to), overwrites, names),
      keeps: 'none' as const,
      stage: this.stage,
      metadata: this.metadata,
      incomplete: new Incomplete(log as unknown as Log),
      log,
      failures: new Map(failures),
      interruption,
      notes: this.folder,
    };
    const restored = await putInPlace(
      options,
      spoolOf(this.folder, 'plan', numbered(this.#plan)),
      tree && streamOf(tree),
    );
    this.stage.removeOrWarn({ warn: (text) => this.said.push(text) });
    return restored;
  }

  /** Type, mode and mtime of what is at `path`. */
  at(path: string): string {
    const stats = lstatSync(join(this.to, path), { bigint: true });
    const type = stats.isDirectory() ? 'd' : stats.isSymbolicLink() ? 'l' : 'f';
    const mode = type === 'l' ? '' : (Number(stats.mode) & 0o7777).toString(8);
    return `${type}${mode} ${stats.mtimeNs}`;
  }
}

/** In the order of the keys. */
function numbered(plan: readonly PlannedFile[]): PlannedFile[] {
  return [...plan].sort((a, b) => (a.key < b.key ? -1 : 1)).map((file, index) => ({ ...file, index }));
}

test('a whole tree is restored, with modes and times to the nanosecond', async (t) => {
  const place = new Place(t);
  place.add('d/file', 'abc');
  place.add('d/read-only/file', 'abc');
  const at = (mtime: string, mode: number) => ({ size: 3, mtime, mode });
  const restored = await place.put([
    entry('d/', at('111111111111111111', 0o750)),
    entry('d/dangling', at('-5', 0o777), 'nowhere'),
    entry('d/file', at('222222222222222222', 0o4604)),
    entry('d/read-only/', at('3', 0o500)),
    entry('d/read-only/file', at('-4', 0o0)),
    entry('d/read-only/link', at('6', 0o777), 'file'),
    entry('empty/', at('7', 0o1777)),
  ]);
  assert.deepEqual(place.said, []);
  assert.deepEqual(restored, { files: 2, folders: 3, links: 2, extras: 0, newer: 0 });
  const expected = {
    d: 'd750 111111111111111111',
    'd/dangling': 'l -5',
    'd/file': 'f604 222222222222222222',
    'd/read-only': 'd500 3',
    'd/read-only/file': 'f0 -4',
    'd/read-only/link': 'l 6',
    empty: 'd1777 7',
  };
  for (const [path, it] of Object.entries(expected)) assert.equal(place.at(path), it, path);
  assert.deepEqual(readdirSync(place.to).sort(), ['d', 'empty']);
  // Folders last, and each after those that are in it: its mode may keep us out.
  const folders = ['d/read-only/', 'd/', 'empty/'];
  const links = ['d/dangling', 'd/read-only/link'];
  assert.deepEqual(place.metadata.given, ['d/file', 'd/read-only/file', ...links, ...folders]);
});

test('a link of the tree is made last: nothing in the bucket is written through it', async (t) => {
  const place = new Place(t);
  const outside = temporaryFolder(t);
  place.add('link/in', 'bad');
  place.add('z', 'abc');
  const restored = await place.put([entry('link', {}, outside), entry('z', { size: 3 })]);
  assert.deepEqual(readdirSync(outside), []);
  assert.deepEqual(place.said, [`"link" is not restored: a folder is at "${place.to}/link".`]);
  assert.equal(readFileSync(join(place.to, 'link/in'), 'utf8'), 'bad');
  assert.deepEqual(restored, { files: 2, folders: 0, links: 0, extras: 1, newer: 0 });
});

test('extras are restored for their owner alone, and markers of folders are no files', async (t) => {
  const place = new Place(t);
  place.add('', '', 'folder', { size: 0 });
  place.add('marked/', '', 'folder', { size: 0 });
  place.add('extra', 'abc');
  place.add('in/tree', 'abc');
  const restored = await place.put([entry('in/'), entry('in/tree', { size: 3 })]);
  assert.deepEqual([place.said, restored], [[], { files: 2, folders: 1, links: 0, extras: 1, newer: 0 }]);
  assert.ok(lstatSync(join(place.to, 'marked')).isDirectory());
  assert.equal(place.at('extra'), `f600 ${STORED}000000`);
  assert.equal(place.at('in/tree').slice(-19), MTIME);
});

test('without a tree there are only files, with the modes that umask leaves', async (t) => {
  const place = new Place(t);
  place.add('a/b', 'abc');
  chmodSync(join(place.stage.bulk.path, 'a/b'), 0o640);
  assert.deepEqual(await place.put(), { files: 1, folders: 0, links: 0, extras: 1, newer: 0 });
  assert.deepEqual(place.said, []);
  assert.equal(place.at('a/b'), `f640 ${STORED}000000`);
});

test('whatever is not as the tree has it is named', async (t) => {
  const place = new Place(t);
  place.add('../out', undefined, 'unsafe');
  place.add('folder/', undefined, 'unsafe');
  place.add('lost', undefined);
  place.add('refused', undefined, 'singly');
  place.add('changed', 'abcd');
  const tree = ['changed', 'gone', 'lost', 'refused'].map((key) => entry(key, { size: 3 }));
  const restored = await place.put([...tree, entry('not-a/../place')], {
    // The line of `refused`, in the order of the keys.
    failures: [[4, { why: 'S3 says no' }]],
  });
  assert.deepEqual(place.said, [
    '"../out" is not restored: its name is not that of a file below a folder.',
    '"changed" is restored as it is in the bucket, 4 bytes; the tree has 3.',
    `"folder/" is not restored: it has content, but its name is a folder's.`,
    '"gone" is not restored: the tree has it, but not the bucket.',
    '"lost" is not restored: it did not arrive; syslog says why.',
    '"not-a/../place" is not restored: its name is not that of a file below a folder.',
    '"refused" is not restored: S3 says no.',
  ]);
  assert.deepEqual(restored, { files: 1, folders: 0, links: 0, extras: 0, newer: 0 });
});

test('over what is there, files are replaced, and folders are opened and closed again', async (t) => {
  const place = new Place(t);
  mkdirSync(join(place.to, 'closed'));
  writeFileSync(join(place.to, 'closed/file'), 'old');
  writeFileSync(join(place.to, 'closed/same'), 'abc', { mode: 0o600 });
  chmodSync(join(place.to, 'closed'), 0o500);
  symlinkSync('old', join(place.to, 'link'));
  place.add('closed/file', 'new');
  place.add('closed/same', undefined, 'there already', { size: 3 });
  const tree = [
    entry('closed/', { mode: 0o500 }),
    entry('closed/file', { size: 3 }),
    entry('closed/same', { size: 3, mode: 0o640 }),
    entry('link', {}, 'new'),
  ];
  const restored = await place.put(tree, { overwrites: true });
  assert.deepEqual(place.said, []);
  assert.deepEqual(restored, { files: 2, folders: 1, links: 1, extras: 0, newer: 0 });
  assert.equal(readFileSync(join(place.to, 'closed/file'), 'utf8'), 'new');
  assert.equal(place.at('closed'), `d500 ${MTIME}`);
  assert.equal(place.at('closed/same'), `f640 ${MTIME}`);
  assert.equal(readlinkSync(join(place.to, 'link')), 'new');
});

test('what is newer than the tree is named in syslog, and restored with the metadata of the tree', async (t) => {
  const place = new Place(t);
  place.add('file', 'new', 'in bulk', { isNewer: true });
  place.add('link', 'new', 'not wanted', { isNewer: true });
  place.add('older', 'abc');
  const tree = [entry('file', { size: 3 }), entry('link', {}, 'x'), entry('older', { size: 3 })];
  const restored = await place.put(tree);
  assert.deepEqual(restored, { files: 2, folders: 0, links: 1, extras: 0, newer: 2 });
  assert.deepEqual([place.said, place.at('file')], [[], `f644 ${MTIME}`]);
  assert.deepEqual(place.noted, [
    'WARNING: "file" was stored after the tree of the run: its mode, times and owner are those of that run.',
    'WARNING: "link" was stored after the tree of the run: it is restored as the link that it was in that run.',
  ]);
});

test('the longest names are restored, and an impossible link stops nothing else', async (t) => {
  const place = new Place(t);
  const long = 'x'.repeat(255);
  place.add(`d${long.slice(1)}/${long}`, 'abc');
  const links = [entry(long, {}, long), { ...entry('empty', {}, 'x'), target: '' as Bytes }];
  const restored = await place.put(links);
  assert.deepEqual(place.said, ['"empty" is not restored: no such file or folder.']);
  assert.deepEqual(restored, { files: 1, folders: 0, links: 1, extras: 1, newer: 0 });
  assert.equal(readlinkSync(join(place.to, long)), long);
});

test('a signal ends it between two files', async (t) => {
  const place = new Place(t);
  const interruption = new Interruption();
  let left = 2;
  interruption.check = () => {
    left -= 1;
    if (left < 0) throw new InterruptedError('SIGINT');
  };
  for (const key of ['a', 'b', 'c']) place.add(key, 'abc');
  const tree = ['a', 'b', 'c'].map((key) => entry(key, { size: 3 }));
  await assert.rejects(place.put(tree, { interruption }), InterruptedError);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => existsSync(join(place.to, key))),
    [true, true, false],
  );
});

test('of names that are the same to the file system, the first has the place, and the others are named', async (t) => {
  const place = new Place(t);
  const names = new FoldedNames((path) => path.toLowerCase());
  const keys = ['A', 'a', 'B', 'b', 'C/', 'c/', 'D', 'd', 'e'];
  for (const key of keys) names.add(bytesOf(key));
  // What such a file system shows under both names.
  for (const name of ['A', 'a', 'b', 'D', 'd']) writeFileSync(join(place.to, name), 'old');
  mkdirSync(join(place.to, 'c'));
  place.add('A', 'new');
  place.add('a', 'bad');
  place.add('B', undefined, 'singly', { size: 3 });
  place.add('b', 'new');
  place.add('D', undefined, 'there already', { size: 3 });
  place.add('e', 'abc');
  const restored = await place.put(
    [
      ...['A', 'B', 'D', 'a', 'b', 'e'].map((key) => entry(key, { size: 3 })),
      entry('C/'),
      entry('c/'),
      entry('d', {}, 'x'),
    ],
    { overwrites: true, names },
  );
  const why = 'has its place: to this file system, both names are the same.';
  assert.deepEqual(place.said.sort(), [
    '"B" is not restored: it did not arrive; syslog says why.',
    `"a" is not restored: "A" ${why}`,
    `"c/" is not restored: "C/" ${why}`,
    `"d" is not restored: "D" ${why}`,
  ]);
  assert.deepEqual(restored, { files: 4, folders: 1, links: 0, extras: 0, newer: 0 });
  assert.deepEqual(
    ['A', 'a', 'b', 'd'].map((name) => readFileSync(join(place.to, name), 'utf8')),
    ['new', 'old', 'new', 'old'],
  );
});

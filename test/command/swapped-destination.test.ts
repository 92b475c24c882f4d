import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { entriesOf } from '../s3/entries.js';
import { PREFIX } from './bucket-world.js';
import { fill, MANY, RestoreWorld } from './restore-world.js';

const ANNA = 1234;
const ONLY_ROOT = { skip: process.getuid?.() !== 0 && 'only root restores to folders of others' };
const STAGE = '.encrypted-s3-restore-';

class SwapWorld extends RestoreWorld {
  /** A folder outside the destination, which must stay empty. */
  readonly outside = join(this.home, 'outside');
  readonly moved = join(this.home, 'moved');
  readonly file = join(this.to, 'notes.txt');

  constructor(t: TestContext) {
    super(t);
    mkdirSync(this.outside);
  }

  async backUpFiles(count = 0): Promise<void> {
    fill(this, count);
    // Without write permission for the folder, only root could remove the restored one.
    chmodSync(join(this.source, 'd/deep'), 0o755);
    await this.backUp();
  }

  /** Before the first download, moves a folder (a shell pattern) away and puts a link to `outside` in its place. */
  swap(folder: string): void {
    this.onCall(
      `*" s3://test-bucket/${PREFIX}"*`,
      `for it in ${folder}; do mkdir "${this.moved}" && mv -T "$it" "${this.moved}" && ln -s "${this.outside}" "$it"; done`,
    );
  }

  downloadFile(...flags: readonly string[]) {
    const words = ['default', 'eu-central-1', `s3://test-bucket/${PREFIX}top`, this.file, ...flags];
    return this.run('encrypted-s3-download-file', words, { input: `${KEY}\n` });
  }

  belongsToAnna(): void {
    mkdirSync(this.to);
    chownSync(this.to, ANNA, ANNA);
  }
}

for (const count of [0, MANY]) {
  const how = count === 0 ? 'file by file' : 'in bulk';

  test(`a restore writes nothing through a link that replaces a moved destination, ${how}`, async (t) => {
    const world = new SwapWorld(t);
    await world.backUpFiles(count);
    world.swap(`"${world.to}"`);
    const { code, stderr } = await world.restore();
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(world.outside), []);
    assert.deepEqual(entriesOf(world.moved), entriesOf(world.source));
    assert.deepEqual(world.fetched().includes('*'), count > 0);
  });

  test(`a restore writes nothing through a link that replaces the stage, ${how}`, async (t) => {
    const world = new SwapWorld(t);
    await world.backUpFiles(count);
    world.swap(`"${world.to}"/${STAGE}*`);
    const { code, stderr } = await world.restore();
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /WARNING: ".*\/to\/\.encrypted-s3-restore-\w+" can't be removed: a part of the path is not/,
    );
    assert.deepEqual([readdirSync(world.outside), readdirSync(world.moved)], [[], []]);
    assert.equal(readFileSync(join(world.to, 'd/deep/file'), 'utf8'), 'in a folder');
  });
}

test('no message shows the path by which the destination is held open', async (t) => {
  const world = new SwapWorld(t);
  await world.backUpFiles(MANY);
  world.onCall(
    `*" s3 "*"/.encrypted-s3"* | *" s3 "*"/proc/"*`,
    `for it; do case "$it" in /proc/*) echo "fatal error: s3://x to ../..$it [Errno 5] x" >&2; exit 1;; esac; done`,
  );
  const { code, stderr } = await world.restore();
  assert.equal(code, 1);
  assert.ok(stderr.includes(` s3://x to ${world.to}/${STAGE}`), stderr);
  const one = await world.downloadFile();
  assert.equal(one.code, 1);
  for (const text of [stderr, one.stderr, ...world.syslog()]) assert.doesNotMatch(text, /\/proc\//);
});

test('a restore writes nothing through a link that replaces the folder of a single file', async (t) => {
  const world = new SwapWorld(t);
  await world.backUpFiles();
  for (const folder of [world.to, `${world.to}/.encrypted-s3*`]) {
    mkdirSync(world.to, { recursive: true });
    world.swap(folder);
    const { code, stderr } = await world.downloadFile();
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(world.outside), []);
    const arrived = folder === world.to ? world.moved : world.to;
    assert.equal(readFileSync(join(arrived, 'notes.txt'), 'utf8'), 'top');
    rmSync(world.moved, { recursive: true });
    rmSync(world.to, { recursive: true });
  }
});

test('root does not restore into a folder of another user, unless it is trusted', ONLY_ROOT, async (t) => {
  const world = new SwapWorld(t);
  await world.backUpFiles();
  world.belongsToAnna();
  for (const words of [[world.to], [join(world.to, 'new')]]) {
    const { code, stderr } = await world.restore([], { words, as: [] });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^ERROR: Root does not restore to ".*": ".*\/to" belongs to user 1234, who could redirect .*\nHINT: .*--trust-destination/,
    );
    assert.deepEqual([readdirSync(world.to), world.awsCalls()], [[], []]);
  }
  const trusted = await world.restore(['--trust-destination'], { as: [] });
  assert.equal(trusted.code, 0, trusted.stderr);
  assert.equal(lstatSync(world.to).uid, ANNA);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
});

test(
  'root restores into no folder where others may write, but makes a new one in a sticky folder',
  ONLY_ROOT,
  async (t) => {
    const world = new SwapWorld(t);
    await world.backUpFiles();
    mkdirSync(world.to);
    for (const [mode, name, expected] of [
      [0o1777, '', 1],
      [0o777, 'new', 1],
      [0o775, 'new', 1],
      [0o1777, 'new', 0],
    ] as const) {
      chmodSync(world.to, mode);
      const { code, stderr } = await world.restore([], { words: [join(world.to, name)] });
      assert.equal(code, expected, stderr);
      if (expected === 1)
        assert.match(stderr, /".*\/to" can be written to by other users, who could redirect/);
      assert.equal(existsSync(join(world.to, 'new')), expected === 0);
    }
  },
);

test(
  "root writes no file by a folder or link of another user's, unless it is trusted",
  ONLY_ROOT,
  async (t) => {
    const world = new SwapWorld(t);
    await world.backUpFiles();
    world.belongsToAnna();
    const precious = join(world.outside, 'precious');
    writeFileSync(precious, 'old');
    symlinkSync(precious, world.file);
    const { code, stderr } = await world.downloadFile();
    assert.equal(code, 1);
    assert.match(stderr, /^ERROR: Root does not restore to ".*\/notes\.txt": ".*\/to" belongs to user 1234/);
    assert.equal(readFileSync(precious, 'utf8'), 'old');
    assert.equal((await world.downloadFile('--trust-destination')).code, 0);
    assert.equal(readFileSync(precious, 'utf8'), 'top');
  },
);

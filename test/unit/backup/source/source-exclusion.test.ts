import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createIsExcluded } from '../../../../lib/backup/source/is-excluded.js';
import {
  type ExclusionSettings,
  OWN_FILES,
  SourceExclusion,
} from '../../../../lib/backup/source/source-exclusion.js';
import { bytesOf } from '../../../../lib/tree/bytes.js';

const SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55';

function makeRoot(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'exclusion-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

function make(settings: Partial<ExclusionSettings>, localDir = '/home/anna', device = 1n) {
  const all: ExclusionSettings = {
    exclude: [],
    excludeCaches: false,
    excludeIfPresent: undefined,
    excludeLargerThan: undefined,
    oneFileSystem: false,
    ...settings,
  };
  return new SourceExclusion(all, {
    localDir,
    device,
    ownFolders: ['/home/anna/.local/own', '/elsewhere', '/home'],
  });
}

test('each rule is named by its setting', () => {
  const exclusion = make({ exclude: ['*.tmp', 'é*'], excludeLargerThan: 10, oneFileSystem: true });
  assert.equal(exclusion.ruleFor(bytesOf('d/a.tmp')), "EXCLUDE '*.tmp'");
  assert.equal(exclusion.ruleFor(bytesOf('éa/')), "EXCLUDE 'é*'");
  assert.equal(exclusion.ruleFor(bytesOf('a')), undefined);
  assert.deepEqual([10, 11].map(exclusion.ruleForSize.bind(exclusion)), [undefined, 'EXCLUDE_LARGER_THAN']);
  assert.deepEqual([1n, 2n].map(exclusion.ruleForDevice.bind(exclusion)), [undefined, 'ONE_FILE_SYSTEM']);
});

test("without settings, only the backup's own files are excluded", () => {
  const exclusion = make({});
  for (const key of [
    '.local/own/',
    '.local/own/x',
    '.encrypted-s3-restore-1/',
    'd/.encrypted-s3-restore-1/x',
  ])
    assert.equal(exclusion.ruleFor(bytesOf(key)), OWN_FILES, key);
  for (const key of ['.local/', '.local/ownx', 'elsewhere/x', 'x'])
    assert.equal(exclusion.ruleFor(bytesOf(key)), undefined, key);
  assert.equal(exclusion.ruleForSize(Number.MAX_SAFE_INTEGER), undefined);
  assert.equal(exclusion.ruleForDevice(2n), undefined);
  assert.equal(
    exclusion.tagIn(bytesOf('/'), () => true),
    undefined,
  );
});

test('a folder is a cache if it holds a file CACHEDIR.TAG that says so', (t) => {
  const root = makeRoot(t, {
    'cache/CACHEDIR.TAG': SIGNATURE,
    'comment/CACHEDIR.TAG': `${SIGNATURE}\n# made by a test`,
    'cut/CACHEDIR.TAG': SIGNATURE.slice(0, -1),
    'other/CACHEDIR.TAG': SIGNATURE.toUpperCase(),
    'empty/CACHEDIR.TAG': '',
    'folder/CACHEDIR.TAG/x': SIGNATURE,
    'none/x': '',
    'link/x': '',
    'fifo/x': '',
  });
  symlinkSync('../cache/CACHEDIR.TAG', join(root, 'link/CACHEDIR.TAG'));
  // Nobody writes to the FIFO, so reading it would block forever.
  execFileSync('mkfifo', [join(root, 'fifo/CACHEDIR.TAG')]);
  const caches = make({ excludeCaches: true });
  const names = ['cache', 'comment', 'cut', 'other', 'empty', 'folder', 'none', 'link', 'fifo'];
  assert.deepEqual(
    names.filter((name) => caches.tagIn(bytesOf(join(root, name)), () => true) !== undefined),
    ['cache', 'comment'],
  );
});

test('of two tags in a folder, that of a cache counts', (t) => {
  const root = bytesOf(makeRoot(t, { 'CACHEDIR.TAG': SIGNATURE, é: '' }));
  const has = () => true;
  const byPresence = { name: bytesOf('é'), rule: "EXCLUDE_IF_PRESENT 'é'" };
  assert.deepEqual(make({ excludeIfPresent: 'é' }).tagIn(root, has), byPresence);
  assert.equal(
    make({ excludeIfPresent: 'é' }).tagIn(root, (name) => name !== bytesOf('é')),
    undefined,
  );
  const byCache = { name: 'CACHEDIR.TAG', rule: 'EXCLUDE_CACHES' };
  assert.deepEqual(make({ excludeCaches: true, excludeIfPresent: 'é' }).tagIn(root, has), byCache);
  assert.equal(make({ excludeCaches: true }).tagIn(bytesOf('/nowhere'), has), undefined);
});

test('stored files that the walk does not enter count as excluded, whether they exist or not', (t) => {
  const root = makeRoot(t, {
    'cache/CACHEDIR.TAG': SIGNATURE,
    'cache/sub/x': '',
    'd/.nobackup': '',
    'd/x': '',
    '.nobackup': '',
    large: 'large',
    small: '',
  });
  symlinkSync('d', join(root, 'to'));
  const settings = {
    exclude: ['*.tmp'],
    excludeCaches: true,
    excludeIfPresent: '.nobackup',
    excludeLargerThan: 4,
  };
  const keysOut = (exclusion: ReturnType<typeof make>, followSymlinks: boolean, keys: readonly string[]) =>
    keys.filter(
      (
        (isOut) => (key: string) =>
          isOut(bytesOf(key))
      )(createIsExcluded(exclusion, bytesOf(root), followSymlinks)),
    );
  const out = ['a.tmp', 'cache/', 'cache/gone', 'cache/sub/gone/too', 'cache/sub/x', 'd/x', 'large'];
  const kept = [
    ...['.nobackup', 'cache/CACHEDIR.TAG', 'd/.nobackup', 'gone', 'gone/too', 'small', 'small/x'],
    ...['d//x', 'd/../d/x', './d/x', '/d/x', 'd/\0/x', ''],
  ];
  assert.deepEqual(keysOut(make(settings), false, [...out, ...kept, 'to/x']), out);
  assert.deepEqual(keysOut(make(settings), true, [...out, ...kept, 'to/x']), [...out, 'to/x']);
  assert.deepEqual(keysOut(make({}), false, [...out, ...kept]), []);
  const { dev } = statSync(root, { bigint: true });
  const below = ['cache/CACHEDIR.TAG', 'd/gone', 'd/x'];
  assert.deepEqual(keysOut(make({ oneFileSystem: true }, root, dev), false, [...below, 'gone', 'small']), []);
  assert.deepEqual(
    keysOut(make({ oneFileSystem: true }, root, dev + 1n), false, [...below, 'gone', 'small']),
    below,
  );
});

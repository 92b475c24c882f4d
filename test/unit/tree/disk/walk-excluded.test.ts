// Exclusions of a walk, and their reports.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bytesOf } from '../../../../lib/tree/bytes.js';
import type { Exclusion } from '../../../../lib/tree/disk/exclusion.js';
import { EntryReader } from '../../../../lib/tree/disk/read-entry.js';
import { readFolder } from '../../../../lib/tree/disk/read-folder.js';
import { walk } from '../../../../lib/tree/disk/walk.js';
import { flatten } from '../../../../lib/tree/streams/batches.js';
import { NO_EXCLUSION } from '../../../fakes/exclusions.js';

/** Makes a folder with files, whose content is their path. */
function makeRoot(t: TestContext, ...files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'walk-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const path of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
  return root;
}

async function walked(root: string, exclusion: Partial<Exclusion>, followSymlinks = false) {
  const [keys, excluded]: [string[], string[]] = [[], []];
  const onExcluded = (key: string, rule: string) => void excluded.push(`${key} ${rule}`);
  const options = { followSymlinks, exclusion: { ...NO_EXCLUSION, ...exclusion }, onExcluded };
  for await (const { key, type } of flatten(walk(bytesOf(root), options)))
    keys.push(type === 'obstacle' ? `${key} obstacle` : key);
  return { keys, excluded: excluded.sort() };
}

test('a rule for names excludes files, and folders with everything in them', async (t) => {
  const root = makeRoot(t, 'cache/x', 'd/y', 'd/z', 'z');
  const out = new Set(['cache/', 'd/z', 'z']);
  assert.deepEqual(await walked(root, { ruleFor: (key) => (out.has(key) ? `by ${key}` : undefined) }), {
    keys: ['d/', 'd/y'],
    excluded: ['cache/ by cache/', 'd/z by d/z', 'z by z'],
  });
});

test('a followed link to a folder is excluded as a folder', async (t) => {
  const root = makeRoot(t, 'd/y');
  symlinkSync('d', join(root, 'to'));
  const ruleFor = (key: string) => (key === 'to/' ? 'rule' : undefined);
  assert.deepEqual(await walked(root, { ruleFor }, true), { keys: ['d/', 'd/y'], excluded: ['to/ rule'] });
  assert.deepEqual(await walked(root, { ruleFor }), { keys: ['d/', 'd/y', 'to'], excluded: [] });
});

test('a rule for sizes excludes larger files', async (t) => {
  const root = makeRoot(t, 'd/1234', 'd/123');
  const ruleForSize = (size: number) => (size > 5 ? 'too large' : undefined);
  assert.deepEqual(await walked(root, { ruleForSize }), {
    keys: ['d/', 'd/123'],
    excluded: ['d/1234 too large'],
  });
});

test('a folder on another device is an entry, and its content is left out', async (t) => {
  const root = makeRoot(t, 'd/e/f', 'f');
  const { dev } = statSync(root, { bigint: true });
  const ruleForDevice = (home: bigint) => (device: bigint) => (device === home ? undefined : 'elsewhere');
  const own = await walked(root, { ruleForDevice: ruleForDevice(dev) });
  assert.deepEqual(own, { keys: ['d/', 'd/e/', 'd/e/f', 'f'], excluded: [] });
  const other = await walked(root, { ruleForDevice: ruleForDevice(dev + 1n) });
  assert.deepEqual(other, { keys: ['d/', 'f'], excluded: ['d/ elsewhere'] });
});

test('a tag that is a mounted file excludes its folder, and a mounted folder of its name does not', (t) => {
  const root = makeRoot(t, 'file/TAG', 'file/a', 'folder/TAG/b', 'folder/c');
  const tagIn: Exclusion['tagIn'] = (_, has) =>
    has(bytesOf('TAG')) ? { name: bytesOf('TAG'), rule: 'rule' } : undefined;
  const exclusion = { ...NO_EXCLUSION, tagIn };
  const reader = new EntryReader(bytesOf(root), { followSymlinks: false, exclusion });
  const namesIn = (folder: string) => {
    const names = readFolder(bytesOf(join(root, folder)), new Set(['TAG']));
    return reader.withoutExcluded(bytesOf(`${folder}/`), names).map(({ name }) => name);
  };
  assert.deepEqual(namesIn('file'), ['TAG']);
  assert.deepEqual(namesIn('folder').sort(), ['TAG', 'c']);
});

test('a tag excludes everything else in its folder, but nothing in LOCAL_DIR itself', async (t) => {
  const root = makeRoot(t, 'TAG', 'c/TAG', 'c/a', 'c/sub/b', 'd/e/TAG', 'd/e/f', 'd/g', 'h/TAG/i');
  const asked: string[] = [];
  const tagIn: Exclusion['tagIn'] = (path, has) => {
    asked.push(path.slice(root.length + 1));
    return has(bytesOf('TAG')) ? { name: bytesOf('TAG'), rule: 'tagged' } : undefined;
  };
  assert.deepEqual(await walked(root, { tagIn }), {
    keys: ['TAG', 'c/', 'c/TAG', 'd/', 'd/e/', 'd/e/TAG', 'd/g', 'h/', 'h/TAG/', 'h/TAG/i'],
    excluded: ['c/a tagged', 'c/sub/ tagged', 'd/e/f tagged'],
  });
  assert.deepEqual(asked, ['c/', 'd/', 'd/e/', 'h/', 'h/TAG/']);
});

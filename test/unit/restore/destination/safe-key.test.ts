import assert from 'node:assert/strict';
import { join } from 'node:path/posix';
import { test } from 'node:test';
import { isSafeKey, UNSAFE_KEYS } from '../../../../lib/restore/destination/safe-key.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';
import { compilePatterns } from '../../../../lib/tree/patterns.js';
import { Random } from '../../../property/random.js';

const SAFE = [
  'a',
  'a/b',
  'a/',
  '.a',
  'a.',
  '...',
  '.../x',
  '..a/b',
  'a../b',
  'a/.b/c',
  '-',
  '~',
  '*',
  '[x]',
  'a\\..\\b',
  'new\nline',
  ' ',
  'a/ /b',
  'x'.repeat(255),
  `${'x'.repeat(255)}/`,
  'ü'.repeat(127),
];
const UNSAFE = [
  '',
  '/',
  '//',
  '/a',
  '//a',
  'a//b',
  'a//',
  '.',
  './',
  './a',
  'a/.',
  'a/./',
  'a/./b',
  '..',
  '../',
  '../a',
  'a/..',
  'a/../',
  'a/../b',
  '\n/../x',
];
/** Keys that the AWS CLI cannot write, so that they need no pattern. */
const UNWRITABLE = ['x'.repeat(256), `a/${'ü'.repeat(128)}/b`, 'a\0b'];

const isExcluded = (key: Bytes) => UNSAFE_KEYS.some((pattern) => matches(pattern, key));

/** Whether a pattern matches the key of a file. (For a folder's key, `patternFinder` answers about its content.) */
function matches(pattern: string, key: Bytes): boolean {
  const marked = key.endsWith('/') ? `${key}\u0001` : key;
  return compilePatterns([key.endsWith('/') ? `${pattern}\u0001` : pattern])(marked as Bytes) !== undefined;
}

test('a key is safe if it names a place below the destination, and is the only name of it', () => {
  for (const key of SAFE) assert.equal(isSafeKey(bytesOf(key)), true, JSON.stringify(key));
  for (const key of [...UNSAFE, ...UNWRITABLE]) {
    assert.equal(isSafeKey(bytesOf(key)), false, JSON.stringify(key));
  }
});

test('names that are not UTF-8 are counted in bytes', () => {
  assert.equal(isSafeKey('\xff'.repeat(255) as Bytes), true);
  assert.equal(isSafeKey('\xff'.repeat(256) as Bytes), false);
});

test('the patterns match every unsafe key, and no safe one but those of folders', () => {
  const keys = [...SAFE, ...UNSAFE, ...generated(5000)].map(bytesOf);
  let unsafe = 0;
  for (const key of keys) {
    const isSafe = isSafeKey(key);
    if (!isSafe) unsafe += 1;
    // The AWS CLI does not write an object whose key is the prefix.
    if (key === '') continue;
    const isFolder = key.endsWith('/');
    assert.equal(isExcluded(key), !isSafe || isFolder, JSON.stringify(key));
  }
  assert.ok(unsafe > 1000 && keys.length - unsafe > 1000, `${unsafe} of ${keys.length}`);
});

test('a safe key stays below the destination, and no two safe keys are the same place', () => {
  const places = new Map<string, string>();
  for (const key of generated(5000)) {
    if (!isSafeKey(bytesOf(key))) continue;
    const place = join('/to', key);
    assert.equal(place, `/to/${key}`);
    const other = places.get(place) ?? key;
    assert.equal(other, key);
    places.set(place, key);
  }
});

/** Random keys, made of the pieces that matter. */
function generated(count: number): string[] {
  const random = new Random(1);
  const pieces = ['/', '/', '/', '.', '.', '..', 'a', 'a', '-', '\n', 'ü', '*', '[', ']'];
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + random.below(6) }, () => random.pick(pieces)).join(''),
  );
}

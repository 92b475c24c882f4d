import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WantedPaths } from '../../../../lib/restore/versions/wanted-paths.js';
import { bytesOf } from '../../../../lib/tree/bytes.js';

const KEYS = ['a', 'a/b', 'a/bc', 'a/bc/d', 'a2', 'ü/x'];

for (const [given, met, beginning] of [
  [[], KEYS, ''],
  [['.'], KEYS, ''],
  [['/data'], KEYS, ''],
  [['/data/'], KEYS, ''],
  [['a'], ['a', 'a/b', 'a/bc', 'a/bc/d'], 'a'],
  [['a/'], ['a', 'a/b', 'a/bc', 'a/bc/d'], 'a'],
  [['./a/b'], ['a/b'], 'a/b'],
  [['/data/a/bc/'], ['a/bc', 'a/bc/d'], 'a/bc'],
  [['a/b', 'a/bc/d'], ['a/b', 'a/bc/d'], 'a/b'],
  [['a2', 'ü'], ['a2', 'ü/x'], ''],
] as const) {
  test(`the paths ${JSON.stringify(given)} match what is at or below them`, () => {
    const wanted = new WantedPaths(given, '/data');
    assert.equal(wanted.commonPrefix, beginning);
    assert.deepEqual(
      KEYS.filter((key) => wanted.match(bytesOf(key))),
      met,
    );
    assert.deepEqual(wanted.unmatched, []);
  });
}

test('paths that no key matches are listed', () => {
  const wanted = new WantedPaths(['a/', 'b', '/data/a/b'], '/data');
  wanted.match(bytesOf('a/c'));
  assert.deepEqual(wanted.unmatched, ['b', '/data/a/b']);
});

test('a common prefix does not end within a character', () => {
  // Both characters have the same first surrogate.
  assert.equal(new WantedPaths(['x\u{1f512}', 'x\u{1f513}'], '/data').commonPrefix, 'x');
});

test('a path outside of LOCAL_DIR is refused', () => {
  for (const [given, problem] of [
    ['', /A PATH is empty/],
    ['/elsewhere', /not in LOCAL_DIR/],
    ['/data/../x', /not in LOCAL_DIR/],
  ] as const)
    assert.throws(() => new WantedPaths([given], '/data'), problem);
});

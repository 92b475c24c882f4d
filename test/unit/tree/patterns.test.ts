import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { bytesOf } from '../../../lib/tree/bytes.js';
import { compilePatterns } from '../../../lib/tree/patterns.js';

test('patterns mean what they mean to the AWS CLI', () => {
  const patterns = [
    '*.tmp',
    'cache/*',
    '?',
    '[a-c]x',
    '[!a-c]y',
    '[]]',
    '[!]]z',
    '[',
    '[-a]-',
    '[c-a]q',
    '*/.git/*',
    'é?',
    'a.b',
    'a+(b)',
    '[^]1',
    '[\\]2',
  ];
  const texts = [
    'x.tmp',
    'd/x.tmp',
    '.tmp',
    'x.tmpx',
    'cache/',
    'cache/x/y',
    'xcache/y',
    'é',
    '/',
    '😀',
    'ax',
    'dx',
    'ay',
    'dy',
    ']',
    ']z',
    'az',
    '[',
    '-',
    'a-',
    '--',
    'aq',
    'a/.git/b',
    '.git/b',
    'éé',
    'a.b',
    'aXb',
    'a+(b)',
    '^1',
    '\\2',
    'x\n.tmp',
  ];
  const script = `import fnmatch, json, sys
patterns, texts = json.load(sys.stdin)
print(json.dumps([[fnmatch.fnmatch('/root/' + t, '/root/' + p) for t in texts] for p in patterns]))`;
  const python = spawnSync('python3', ['-c', script], {
    input: JSON.stringify([patterns, texts]),
    encoding: 'utf8',
  });
  assert.equal(python.status, 0, python.stderr);
  const expected = JSON.parse(python.stdout) as boolean[][];
  for (const [index, pattern] of patterns.entries()) {
    const patternFor = compilePatterns([pattern]);
    for (const [at, text] of texts.entries()) {
      if (text.endsWith('/')) continue; // A key that ends in a `/` asks about a whole folder.
      const wanted = expected[index]?.[at] === true ? pattern : undefined;
      assert.equal(patternFor(bytesOf(text)), wanted, `${pattern} on ${text}`);
    }
  }
});

test('a folder is left out only if everything in it is', () => {
  const patternFor = compilePatterns(['cache/*', '*.tmp', 'x']);
  assert.equal(patternFor(bytesOf('cache/')), 'cache/*');
  assert.equal(patternFor(bytesOf('cache/sub/')), 'cache/*');
  assert.equal(patternFor(bytesOf('a.tmp/')), undefined);
  assert.equal(patternFor(bytesOf('x/')), undefined);
});

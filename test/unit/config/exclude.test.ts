import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readWithBash } from '../../../lib/config/bash/read-with-bash.js';
import { evaluate } from '../../../lib/config/literal/evaluate.js';
import { findMisspellings } from '../../../lib/config/misspellings.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'config-exclude-')));
after(() => rmSync(directory, { recursive: true }));
writeFileSync(join(directory, 'a.tmp'), '');
writeFileSync(join(directory, 'b.tmp'), '');

const environment = { PATH: process.env['PATH'] ?? '', HOME: '/home/anna', EXCLUDE: 'inherited' };
const surroundings = { file: 'my.config', environment, directory };
const lex = (text: string) => evaluate(Buffer.from(text), surroundings);

function askBash(text: string) {
  return readWithBash(Buffer.from(text), surroundings);
}

describe('both readers read the same EXCLUDE', () => {
  const table: [config: string, exclude: string[]][] = [
    ["EXCLUDE=('*.tmp' 'cache/*')", ['*.tmp', 'cache/*']],
    ['EXCLUDE=( a "b c"\td\\ e )', ['a', 'b c', 'd e']],
    ["EXCLUDE=(\n  '*.tmp' # it's\n\n  # (all of it)\n  'cache/*'\n)\n", ['*.tmp', 'cache/*']],
    ["EXCLUDE=(# none)\n'a'#b \\\n# c\n)", ['a#b']],
    ['EXCLUDE=("a\nb" c\\\nd)', ['a\nb', 'cd']],
    ['EXCLUDE=(\\* "~" \\~ \\[a] \'\' "")', ['*', '~', '~', '[a]', '', '']],
    ['EXCLUDE=(if\nthen ! } ] A=b A+=b )', ['if', 'then', '!', '}', ']', 'A=b', 'A+=b']],
    ['EXCLUDE=(\'[\'0]=a \\[1]=b "[2]"=c)', ['[0]=a', '[1]=b', '[2]=c']],
    ['EXCLUDE=(für 日本)', ['für', '日本']],
    ['EXCLUDE=(a); EXCLUDE=(b) # c', ['b']],
    ['EXCLUDE=(a) \\\n', ['a']],
    ['EXCLUDE=(a)\\\n B=1', ['a']],
    ["EXCLUDE='*.tmp'", ['*.tmp']],
    ['EXCLUDE=*.tmp', ['*.tmp']],
    ["export EXCLUDE='a b'", ['a b']],
    ["EXCLUDE=''", []],
    ['EXCLUDE=()', []],
    ['EXCLUDE=( # none\n)', []],
    ["EXCLUDE=('')", ['']],
  ];
  for (const [config, expected] of table) {
    test(`both readers read ${JSON.stringify(config)}`, () => {
      const evaluation = lex(config);
      if (evaluation.kind !== 'values') assert.fail(`not accepted: ${JSON.stringify(evaluation)}`);
      for (const values of [evaluation.values, askBash(config)]) {
        assert.deepEqual(values.exclude, expected);
        assert.ok(values.assigned.has('EXCLUDE'));
        assert.ok(!('EXCLUDE' in values.environment));
      }
    });
  }

  test('EXCLUDE is empty if it is only in the environment', () => {
    for (const config of ['', 'export EXCLUDE']) {
      const evaluation = lex(config);
      if (evaluation.kind !== 'values') assert.fail(`not accepted: ${config}`);
      for (const { exclude, assigned, environment: passedOn } of [evaluation.values, askBash(config)]) {
        assert.deepEqual([exclude, [...assigned], passedOn['EXCLUDE']], [[], [], undefined]);
      }
    }
    assert.equal(lex('EXCLUDE=("$EXCLUDE")').kind, 'needs-bash');
    assert.throws(() => askBash('EXCLUDE=("$EXCLUDE")'), /a variable without a value/);
  });
});

describe('the lexer leaves arrays with expansions to bash', () => {
  const table: [config: string, line: number, exclude?: string[]][] = [
    ['EXCLUDE=(\n*.tmp *.none)', 2, ['a.tmp', 'b.tmp', '*.none']],
    [
      'EXCLUDE=("$HOME/*" "${HOME}" x"$HOME"\'$HOME\')',
      1,
      ['/home/anna/*', '/home/anna', 'x/home/anna$HOME'],
    ],
    ['A=1 EXCLUDE=("$A") A=2', 1, ['1']],
    ['EXCLUDE=a\nEXCLUDE=("$EXCLUDE" b)', 2, ['a', 'b']],
    ['EXCLUDE=($ a$ )', 1, ['$', 'a$']],
    ['EXCLUDE=(?.tmp)', 1, ['a.tmp', 'b.tmp']],
    ['EXCLUDE=([ab].tmp)', 1, ['a.tmp', 'b.tmp']],
    ['A="x  y"; EXCLUDE=($A ${A})', 1, ['x', 'y', 'x', 'y']],
    ['EXCLUDE=(~/x a:~ a~)', 1, ['/home/anna/x', 'a:~', 'a~']],
    ['EXCLUDE=({a,b}.c)', 1, ['a.c', 'b.c']],
    ['EXCLUDE=([7]=b [2]=a)', 1, ['a', 'b']],
    ['EXCLUDE+=(a)', 1, ['a']],
    ['EXCLUDE=(a)\nEXCLUDE+=(b)', 2, ['a', 'b']],
    ['declare -a EXCLUDE=(a)', 1, ['a']],
    ['declare -a EXCLUDE', 1, []],
    ['export EXCLUDE=(a b)', 1, ['a', 'b']],
    ['EXCLUDE=(a b)\nEXCLUDE=c', 2, ['c', 'b']],
    ['EXCLUDE=(a)\nEXCLUDE=', 2, ['']],
    ['EXCLUDE=(a b)\nLOCAL_DIR=$EXCLUDE', 2, ['a', 'b']],
    ['EXCLUDE=(a)b', 1, ['(a)b']],
    ['EXCLUDE=(a)#b', 1, ['(a)#b']],
    ['EXCLUDE=\\\n(a)', 2, ['a']],
    ["EXCLUDE=($'a\\nb' c)", 1, ['a\nb', 'c']],
    ['EXCLUDE=("$(echo a)")', 1, ['a']],
    ['OTHER=(a b)', 1, []],
    ['set -u; EXCLUDE=()', 1, []],
    ['EXCLUDE=(a); unset EXCLUDE', 1, []],
    ['IFS=b; EXCLUDE=(abc); declare() { false; }', 1, ['abc']],
    ['EXCLUDE=(a;b)', 1],
    ['EXCLUDE=(a &)', 1],
    ['EXCLUDE=(a (b))', 1],
    ['EXCLUDE= (a)', 1],
  ];
  for (const [config, line, exclude] of table) {
    test(`only bash reads ${JSON.stringify(config)}`, () => {
      const evaluation = lex(config);
      assert.equal(evaluation.kind, 'needs-bash', JSON.stringify(evaluation));
      assert.equal(evaluation.line, line);
      if (exclude === undefined) assert.throws(() => askBash(config), /a syntax error/);
      else assert.deepEqual(askBash(config).exclude, exclude);
    });
  }
});

test('an array that is not closed is reported with its line', () => {
  for (const config of ['\nEXCLUDE=(', "\nEXCLUDE=('a'\nLOCAL_DIR=b\n", 'A=1\nEXCLUDE=(a # b)\n']) {
    assert.throws(
      () => lex(config),
      /^BackupError: my\.config:2: The `\(` that opens an array here is never closed/,
    );
    assert.throws(() => askBash(config), /my\.config:\d: a quote or bracket that opens here is never closed/);
  }
});

test('other settings that are arrays have the value of their first element, as in the original', () => {
  const { values } = askBash('AWS_REGION=(a b); MAX_DELETE_PERCENT=(7 8)');
  assert.deepEqual([values.get('AWS_REGION'), values.get('MAX_DELETE_PERCENT')], ['a', '7']);
});

test('a misspelled EXCLUDE is found by both readers', () => {
  const misspellings = ['EXCLUDES', 'EXLUDE', 'exclude'];
  for (const name of misspellings) {
    const evaluation = lex(`${name}=a`);
    if (evaluation.kind !== 'values') assert.fail(`not accepted: ${name}`);
    for (const values of [evaluation.values, askBash(`${name}=(a)`)]) {
      assert.deepEqual(findMisspellings(values), [{ name, meant: 'EXCLUDE' }]);
    }
  }
});

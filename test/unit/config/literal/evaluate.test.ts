import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Evaluation, evaluate } from '../../../../lib/config/literal/evaluate.js';

const surroundings = {
  file: 'my.config',
  environment: {
    HOME: '/home/anna',
    USER: 'anna',
    AWS_PROFILE: 'inherited',
    AWS_REGION: 'inherited',
    constructor: undefined,
  },
  directory: '/run',
};

function read(text: string | Buffer, environment: Record<string, string> = {}): Evaluation {
  const merged = { ...surroundings.environment, ...environment };
  return evaluate(Buffer.from(text), { ...surroundings, environment: merged });
}

/** The evaluation or the error, as text. */
function readOrReport(text: string): string {
  try {
    return JSON.stringify(read(text));
  } catch (error) {
    return String(error);
  }
}

function valuesOf(text: string | Buffer, environment: Record<string, string> = {}) {
  const evaluation = read(text, environment);
  if (evaluation.kind !== 'values') assert.fail(`not accepted: ${JSON.stringify(evaluation)}`);
  return evaluation.values;
}

describe('assignments that are read without bash', () => {
  const table: [config: string, localDir: string][] = [
    ["LOCAL_DIR='/a b'", '/a b'],
    ['LOCAL_DIR="/a b"', '/a b'],
    ['LOCAL_DIR=/a\\ b', '/a b'],
    ['LOCAL_DIR=/a" "b\' \'c', '/a b c'],
    ["LOCAL_DIR='it'\\''s'", "it's"],
    ["LOCAL_DIR='a#b' # c", 'a#b'],
    ['LOCAL_DIR=a#b', 'a#b'],
    ['LOCAL_DIR="a\\$b\\`c\\"d\\\\e\\f"', 'a$b`c"d\\e\\f'],
    ["LOCAL_DIR='a\\'", 'a\\'],
    ['LOCAL_DIR="a!b"', 'a!b'],
    ['LOCAL_DIR=a\\\nb', 'ab'],
    ['LOCAL_DIR="a\\\nb"', 'ab'],
    ["LOCAL_DIR='a\\\nb'", 'a\\\nb'],
    ['LOCAL_DIR=~', '/home/anna'],
    ['LOCAL_DIR=~/docs', '/home/anna/docs'],
    ['LOCAL_DIR="~/docs"', '~/docs'],
    ["LOCAL_DIR='$HOME'", '$HOME'],
    ['export LOCAL_DIR=/a', '/a'],
    ['LOCAL_DIR=/a\nexport LOCAL_DIR', '/a'],
    ['LOCAL_DIR=/a\nLOCAL_DIR=/b', '/b'],
    ['  \tLOCAL_DIR=/a  ', '/a'],
    ['LOCAL_DIR=/für/日本', '/für/日本'],
    ['BASE=/a; LOCAL_DIR=/b', '/b'],
    ['LOCAL_DIR=*?[a]', '*?[a]'],
    ['LOCAL_DIR=', ''],
  ];
  for (const [config, expected] of table) {
    test(`${JSON.stringify(config)} is read without bash`, () => {
      assert.equal(valuesOf(config).values.get('LOCAL_DIR'), expected);
      assert.equal(valuesOf(`${config}\n`).values.get('LOCAL_DIR'), expected);
    });
  }
});

describe('texts that are left to bash', () => {
  const table: [config: string, line: number][] = [
    ['\nLOCAL_DIR=$(pwd)', 2],
    ['A=1\n\nLOCAL_DIR="`pwd`"', 3],
    ['A="\n\n$((1))"', 3],
    ['A=${HOME:-x}', 1],
    ['A=$HOME', 1],
    ['\nA="a\n$HOME"', 3],
    ['A=a$', 1],
    ['A="$"', 1],
    ['A=$NOWHERE', 1],
    ['A=$toString', 1],
    ['A=a~', 1],
    ['A=a:~/docs', 1],
    ['A=~:', 1],
    ['HOME=/x', 1],
    ['A=(a b)', 1],
    ['A+=x', 1],
    ["A=$'a'", 1],
    ['A=$"a"', 1],
    ['A=$1', 1],
    ['A="pa$$word"', 1],
    ['A=~root', 1],
    ['A=a=~', 1],
    ['A=""~', 1],
    ['export A={a,b}', 1],
    ['A=1 true', 1],
    ['A=1 export B=2', 1],
    ['true', 1],
    ['! A=1', 1],
    ['source other', 1],
    ['A=1 && B=2', 1],
    ['A=a|b', 1],
    ['A=a>b', 1],
    ['UID=1', 1],
    ['A=$RANDOM', 1],
    ['A=$BASH_SOURCE', 1],
    ['export PWD', 1],
    ['IFS=:', 1],
    ['export', 1],
    ['export -n A', 1],
    ['readonly A=1', 1],
    [';', 1],
    ['A=1;;', 1],
    ['A=x\\', 1],
    ['A=\u0001', 1],
    ['A=1\n# \0', 2],
    ['A=a\rb', 1],
    ['LC_ALL=C A=ü', 1],
  ];
  for (const [config, line] of table) {
    test(`${JSON.stringify(config)} is left to bash`, () => {
      const evaluation = read(config);
      assert.equal(evaluation.kind, 'needs-bash', JSON.stringify(evaluation));
      assert.equal(evaluation.line, line);
    });
  }

  test('a file is left to bash in an environment that changes what bash does', () => {
    assert.equal(read('A=1', { BASH_ENV: '/x' }).kind, 'needs-bash');
    assert.equal(read('A=1', { SHELLOPTS: 'allexport' }).kind, 'needs-bash');
    assert.equal(read('A=ü', { LC_ALL: 'ja_JP.SJIS' }).kind, 'needs-bash');
    assert.equal(read('A=u', { LC_ALL: 'ja_JP.SJIS' }).kind, 'values');
    assert.equal(read('A=~', { HOME: '/' }).kind, 'needs-bash');
  });
});

describe('mistakes', () => {
  const table: [config: string | Buffer, line: number, message: RegExp][] = [
    ["A=1\nB='x\nC=2\n", 2, /single quote/],
    ['A=1\n\nB="x\nC=2\n', 3, /double quote/],
    ['A=1\nB=2\r\n', 2, /Windows line endings/],
    ['A=1\r', 1, /Windows line endings/],
    ['\ufeffA=1\n', 1, /byte order mark/],
    [Buffer.from('\ufeffA=1\n', 'utf16le'), 1, /UTF-16/],
    [Buffer.from('A=1\nB=\xfc\n', 'latin1'), 2, /not UTF-8/],
  ];
  for (const [config, line, message] of table) {
    test(`${JSON.stringify(config.toString())} is reported with its line`, () => {
      assert.throws(
        () => read(config),
        (error: Error) => error.message.startsWith(`my.config:${line}: `) && message.test(error.message),
      );
    });
  }

  test('no report shows a part of the key', () => {
    for (const config of ['ENCRYPTION_KEY="ab$cdefgh"', 'OTHER="ab$cdefgh"', "ENCRYPTION_KEY='abcdefgh"]) {
      assert.doesNotMatch(readOrReport(config), /cdef/);
    }
  });

  test('a comment may hold anything', () => {
    assert.equal(valuesOf(Buffer.from('# f\xfcr `$(\nLOCAL_DIR=x', 'latin1')).values.get('LOCAL_DIR'), 'x');
  });
});

describe('the environment', () => {
  test('the defaults of the original win over inherited variables', () => {
    const { values, environment } = valuesOf('');
    assert.equal(values.get('AWS_PROFILE'), 'default');
    assert.equal(environment['AWS_PROFILE'], 'default');
    assert.equal(values.get('AWS_REGION'), 'inherited');
    assert.equal(values.get('AWS_NET_TIMEOUT'), '60');
    assert.equal(environment['AWS_NET_TIMEOUT'], undefined);
  });

  test('the environment gets the variables that the file exports, and those that were exported before', () => {
    const { environment } = valuesOf(
      'USER=eva\nexport AWS_CA_BUNDLE=/ca.pem\nNOT=exported\nexport LATER\nLATER=1',
    );
    assert.equal(environment['USER'], 'eva');
    assert.equal(environment['AWS_CA_BUNDLE'], '/ca.pem');
    assert.equal(environment['LATER'], '1');
    assert.ok(!('NOT' in environment));
  });

  test('the environment never holds the key', () => {
    const { environment, values } = valuesOf('export ENCRYPTION_KEY', { ENCRYPTION_KEY: 'secret' });
    assert.equal(values.get('ENCRYPTION_KEY'), 'secret');
    assert.ok(!JSON.stringify(environment).includes('secret'));
  });
});

test('the lines of assignments count continued lines and quoted newlines', () => {
  const { lines } = valuesOf("A='\n\n'\nB=x\\\ny C=1\n# c\nexport D=1 \\\n  E=2; F=3");
  assert.deepEqual(Object.fromEntries(lines), { A: 1, B: 4, C: 5, D: 7, E: 8, F: 8 });
});

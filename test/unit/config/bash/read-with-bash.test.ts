import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { BackupError } from '../../../../lib/cli/errors.js';
import { parseMessages } from '../../../../lib/config/bash/messages.js';
import { readWithBash } from '../../../../lib/config/bash/read-with-bash.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'config-bash-')));
after(() => rmSync(directory, { recursive: true }));
const base = { PATH: process.env['PATH'] ?? '', HOME: '/home/anna', AWS_PROFILE: 'inherited' };

function read(text: string | Buffer, environment: Record<string, string> = {}) {
  return readWithBash(Buffer.from(text), {
    file: 'my.config',
    environment: { ...base, ...environment },
    directory,
  });
}

/** The message and hint of the error, without the key of any test. */
function failureOf(text: string, environment: Record<string, string> = {}): string {
  try {
    read(text, environment);
  } catch (error) {
    assert.ok(error instanceof BackupError, String(error));
    const text = `${error.message}\n${error.hint}`;
    assert.doesNotMatch(text, /SECRET/);
    return text;
  }
  return assert.fail('bash accepted the file');
}

describe('reading a config with bash', () => {
  test('commands, expansions and conditions give the settings their values', () => {
    const { values } = read(`
      LOCAL_DIR="$(printf '/a b')"; AWS_BUCKET=\${NOWHERE:-bucket}
      if true; then AWS_REGION=$'eu\\x2dwest'; fi
      LOCAL_LOCK=$(basename "$CONFIG_FILE") LOCAL_LIST=$1`);
    assert.deepEqual(Object.fromEntries(values), {
      AWS_PROFILE: 'default',
      AWS_NET_TIMEOUT: '60',
      REMOTE_DIR_PREFIX: '',
      HOST_ID: '',
      EXCLUDE_CACHES: 'no',
      EXCLUDE_IF_PRESENT: '',
      EXCLUDE_LARGER_THAN: '',
      ONE_FILE_SYSTEM: 'no',
      COMPARE_CONTENT: 'no',
      FOLLOW_SYMLINKS: 'no',
      UPLOAD_PROCESSES: '4',
      FULL_CHECK_HOURS: '20',
      MAX_DELETE_PERCENT: '50',
      MAX_CHANGE_PERCENT: '50',
      REFUSE_MASS_CHANGE: 'no',
      ALLOW_UNVERSIONED_DELETE: 'no',
      ON_START: '',
      ON_SUCCESS: '',
      ON_WARNING: '',
      ON_FAILURE: '',
      METRICS_FILE: '',
      LOCAL_DIR: '/a b',
      AWS_BUCKET: 'bucket',
      AWS_REGION: 'eu-west',
      LOCAL_LOCK: 'my.config',
      LOCAL_LIST: 'my.config',
    });
  });

  test('bash reads the text that was judged, whatever is under its name by now', () => {
    writeFileSync(join(directory, 'my.config'), 'AWS_REGION=swapped; touch swapped\n');
    const surroundings = { file: 'my.config', environment: base, directory };
    const { values } = readWithBash(Buffer.from('AWS_REGION=$(echo judged)\n'), surroundings);
    assert.equal(values.get('AWS_REGION'), 'judged');
  });

  test('bytes are read as they are, and an empty file is read', () => {
    const comment = Buffer.from('# \xff\n', 'latin1');
    assert.equal(
      read(Buffer.concat([comment, Buffer.from('AWS_REGION="f\u00fcr"; :')])).values.get('AWS_REGION'),
      'f\u00fcr',
    );
    assert.equal(read('').values.get('AWS_REGION'), undefined);
  });

  test('no program that the config starts inherits the text', () => {
    const { values } = read('AWS_REGION=$(ls -l /proc/self/fd | grep -c /dev/shm || :)');
    // The config's stderr is also in memory.
    assert.equal(values.get('AWS_REGION'), '1');
  });

  test('the config may read a file from its own directory', () => {
    mkdirSync(join(directory, 'sub'), { recursive: true });
    writeFileSync(join(directory, 'sub', 'common'), 'AWS_REGION=common\n');
    for (const self of ['"${BASH_SOURCE[0]}"', '${BASH_SOURCE}', '"$BASH_SOURCE"', '$CONFIG_FILE']) {
      const { values } = read(`source "$(dirname ${self})/sub/common"`);
      assert.equal(values.get('AWS_REGION'), 'common');
    }
  });

  test('the environment has the variables as the config exports, changes or unsets them, and all others', () => {
    const given = { GONE: '1', 'not.a.name': 'kept', SHLVL: '7' };
    const { environment } = read('export AWS_CA_BUNDLE=/ca\nunset GONE\nset -a; ALL=1', given);
    assert.deepEqual(environment, {
      ...base,
      AWS_PROFILE: 'default',
      'not.a.name': 'kept',
      SHLVL: '7',
      AWS_CA_BUNDLE: '/ca',
      ALL: '1',
    });
  });

  test('no program that the config starts inherits the key', () => {
    const text = 'AWS_REGION=$(env | grep -c SECRET)\nexport ENCRYPTION_KEY';
    const { values, environment } = read(text, { ENCRYPTION_KEY: 'SECRET' });
    assert.equal(values.get('ENCRYPTION_KEY'), 'SECRET');
    assert.equal(values.get('AWS_REGION'), '0');
    assert.doesNotMatch(JSON.stringify(environment), /SECRET/);
  });

  test('the names that are assigned and used are known, and the directory', () => {
    const { assigned, namesUsed, directory: now } = read('AWS_REGOIN=x; AWS_BUCKET=a; B=$AWS_BUCKET; cd sub');
    assert.deepEqual([...assigned].sort(), ['AWS_BUCKET', 'AWS_REGOIN', 'B', 'OLDPWD']);
    assert.deepEqual([...namesUsed], ['AWS_BUCKET']);
    assert.equal(now, join(directory, 'sub'));
  });

  test('the settings are read, whatever the config switches on', () => {
    const text =
      'set -eufvx; IFS=A; readonly IFS; trap "echo done; exit 3" EXIT; trap : DEBUG; printf() { false; }\nAWS_REGION=a';
    assert.equal(read(text).values.get('AWS_REGION'), 'a');
  });

  test('a command that fails on the way stops nothing', () => {
    const { values, warnings } = read('AWS_REGION=a\nSECRET-command\nAWS_BUCKET=b\n');
    assert.equal(values.get('AWS_BUCKET'), 'b');
    assert.deepEqual(warnings, ['my.config:2: bash does not find this command']);
  });

  test('a setting with a blank before its `=` is reported', () => {
    const { values, warnings } = read('AWS_REGION=a\nLOCAL_DIR = /b\n:\n');
    assert.equal(values.get('LOCAL_DIR'), undefined);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? '',
      /^my\.config:2: a blank between the name of a setting and its `=` makes the name a command/,
    );
  });

  test('a value with a blank or an open quote, which would leave its setting unset, is reported', () => {
    const lines = 'FOLLOW_SYMLINKS=yes please\nAWS_REGION=a\n';
    assert.throws(() => read(lines), {
      message: 'my.config:1: Bash does not read this line as a value of FOLLOW_SYMLINKS.',
    });
    const open = "AWS_REGION='us-east-1\nAWS_BUCKET='b x\nLOCAL_DIR=/d\n";
    assert.throws(() => read(open), {
      message: [
        'my.config:1: Bash does not read this line as a value of AWS_REGION.',
        'my.config:2: Bash does not read this line as a value of AWS_BUCKET.',
      ].join('\n'),
    });
  });

  test('a program that the config leaves running in the background is not waited for', (t) => {
    const started = Date.now();
    const { values } = read('{ sleep 8; } & AWS_REGION=$!\nsleep 8 & AWS_BUCKET=$!');
    const children = ['AWS_REGION', 'AWS_BUCKET'].map((name) => Number(values.get(name)));
    t.after(() => {
      for (const pid of children) process.kill(pid);
    });
    assert.ok(Date.now() - started < 5000);
  });

  test('the config finds nothing to read on stdin', () => {
    assert.equal(read('read -r AWS_REGION || AWS_REGION=nothing').values.get('AWS_REGION'), 'nothing');
  });
});

describe('configs that stop bash, reported without their text', () => {
  const table: [config: string, message: RegExp][] = [
    [
      'A=1\nENCRYPTION_KEY="a$SECRET"',
      /^my\.config:2: this uses a variable without a value \(.*single quotes/,
    ],
    ['A=1\nENCRYPTION_KEY="SECRET\n', /^my\.config:2: a quote or bracket/],
    ['A=1\nSECRET)\n', /^my\.config:2: a syntax error/],
    ['A=(SECRET\n', /^my\.config:\d: /],
    ['if true; then A=SECRET', /^my\.config:\d: the file ends in the middle/],
    ['readonly AWS_REGION=SECRET\nUID=SECRET', /^my\.config:2: bash does not let anyone change/],
    ['echo SECRET >&2; false', /last command of the file fails \(exit code 1\)/],
    ['exit 0', /ends bash \(exit code 0\)/],
    ['exit 7', /ends bash \(exit code 7\)/],
    ['exec true', /ends bash \(exit code 0\)/],
    ['kill -9 $$', /ends bash \(SIGKILL\)/],
    ["AWS_REGION=$'\\xff'", /not UTF-8/],
    ['set -x; ENCRYPTION_KEY=SECRET; false', /last command of the file fails/],
  ];
  for (const [config, message] of table)
    test(`${JSON.stringify(config)} is reported`, () => assert.match(failureOf(config), message));

  test('a missing bash is reported', () => {
    assert.match(failureOf('A=$(true)', { PATH: directory }), /bash does not start[\s\S]*Install bash/);
  });
});

test('an error of bash in another language is reported at least with its line', () => {
  const messages = parseMessages('./c: Zeile 3: SECRET ist nicht gesetzt.\nSECRET', './c');
  assert.deepEqual(messages, [{ line: 3, meaning: 'bash reports an error' }]);
});

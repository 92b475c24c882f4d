import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { BackupError } from '../../../lib/cli/errors.js';
import { settingNames } from '../../../lib/config/settings.js';
import { textOfKey } from '../../../lib/secrets/key-bytes.js';
import { WITHOUT_ROOTS_RIGHTS } from '../../fakes/without-roots-rights.js';
import {
  complete,
  directory,
  failureOf,
  KEY,
  readConfig,
  readPartialConfig,
  write,
} from './config-on-disk.js';

test('a config is read', async () => {
  const config = await readConfig(write(complete));
  assert.equal(config.bucket, 'my-bucket');
  assert.equal(textOfKey(config.encryptionKey), KEY);
  assert.equal(config.environment['PATH'], process.env['PATH']);
});

test('a partial config is read', async () => {
  const config = await readPartialConfig(write('AWS_BUCKET=my-bucket'));
  assert.equal(config.bucket, 'my-bucket');
  assert.equal(config.encryptionKey, undefined);
});

test('both readers come to the same result', async () => {
  const text = `${complete}export NEW_ONE=1 LOCAL_LIST=~/list\nEXCLUDE=('*.tmp') MAX_DELETE_PERCENT=7\n`;
  assert.deepEqual(await readConfig(write(`${text}:\n`)), await readConfig(write(text)));
});

test('a problem in a config that bash has read is reported with its line, too', async () => {
  const file = write(`A=$(true)\n${complete}AWS_NET_TIMEOUT=x\nexport MAX_DELETE_PERCENT=x\n`);
  await assert.rejects(readConfig(file), (error: Error) => {
    assert.match(error.message, /my\.config:4: AWS_NET_TIMEOUT.*\n.*my\.config:5: MAX_DELETE_PERCENT/);
    return true;
  });
});

test('a file that others can write is warned of, even where it needs no bash', async () => {
  const { warnings } = await readConfig(write(complete, 0o666));
  assert.match(warnings.join(), /^\S+: Others can write this file, .* chmod go-w \S+$/);
});

test('a file with the key that everybody can read is warned of, on a terminal', async (t) => {
  const { isTTY } = process.stderr;
  t.after(() => {
    process.stderr.isTTY = isTTY;
  });
  for (const [isTerminal, mode, isTold] of [
    [true, 0o644, true],
    [true, 0o640, false],
    [false, 0o644, false],
  ] as const) {
    process.stderr.isTTY = isTerminal;
    const { warnings } = await readConfig(write(complete, mode));
    assert.equal(/^\S+: Everybody on this machine can read .* chmod 600 \S+$/.test(warnings.join()), isTold);
  }
});

test('the template becomes a config once its placeholders are replaced', async () => {
  const template = readFileSync(new URL('../../../../config.template', import.meta.url), 'utf8');
  const filled = template
    .replace('%BUCKET%', 'anna-backup')
    .replace('%LOCAL_DIR%', '/home/anna')
    .replace('%PREFIX_DIR%', 'laptop')
    .replace('%32_CHARACTERS_KEY%', KEY);
  const config = await readConfig(write(filled, 0o664));
  assert.equal(config.localDir, '/home/anna');
  assert.equal(config.prefix, 'laptop/');
  assert.deepEqual(config.warnings, []);
  const uncommented = filled.replace(
    /^#(HOST_ID|EXCLUDE\w*|ONE_FILE_SYSTEM|FULL_CHECK_HOURS|UPLOAD_PROCESSES|M\w+_PERCENT|COMPARE_CONTENT|REFUSE_MASS_CHANGE|ALLOW_UNVERSIONED_DELETE)=/gm,
    '$1=',
  );
  assert.equal(uncommented.length, filled.length - 13);
  assert.deepEqual(await readConfig(write(uncommented)), config);
  const { message } = await failureOf(write(template));
  for (const placeholder of ['%BUCKET%', '%LOCAL_DIR%', '%PREFIX_DIR%', '%32_CHARACTERS_KEY%']) {
    assert.match(message, new RegExp(`:\\d+: .*${placeholder}`));
  }
});

describe('no message shows a key that a slip glues to another value', () => {
  const keys = [KEY, 'Qrst/Uvw$Xyz901234567890123456789', 'Qrst /Uvw/ Xyz$Zyx67890123456789'];
  const slips: readonly (readonly [string, (name: string, key: string) => string])[] = [
    ['backslash', (name, key) => `${name}=STANDARD\\\nENCRYPTION_KEY='${key}'\n`],
    ['missing quote', (name, key) => `${name}='yes\nENCRYPTION_KEY='${key}'\n# That's all.\n`],
    ['missing parenthesis', (name, key) => `${name}=('a' 'b\nENCRYPTION_KEY='${key}'\n'c')\n`],
    ['missing double quote', (name, key) => `${name}="yes\nENCRYPTION_KEY="${key}"\n# A "\n`],
  ];
  for (const [slip, slipped] of slips) {
    test(`a ${slip} that glues the key to another value never shows it`, async () => {
      for (const name of settingNames.filter((it) => it !== 'ENCRYPTION_KEY')) {
        for (const key of keys) {
          for (const bash of ['', 'A=$(true)\n']) {
            const file = write(`${complete.replace(/ENCRYPTION_KEY.*/, '')}${bash}${slipped(name, key)}`);
            for (const read of [readConfig, readPartialConfig]) {
              const told = await read(file).then(
                (config) => JSON.stringify(config.warnings),
                (error: unknown) => {
                  assert.ok(error instanceof BackupError, String(error));
                  return `${error.message}\n${error.hint}`;
                },
              );
              for (const piece of [key, ...key.split(/[ $/]+/)]) {
                assert.ok(!told.includes(piece), `${name}: ${told}`);
              }
            }
          }
        }
      }
    });
  }

  test('a key that stands as the value of another setting is not shown', async () => {
    const { message } = await failureOf(write(`${complete}AWS_STORAGE_CLASS=${KEY}`));
    assert.match(
      message,
      /AWS_STORAGE_CLASS must be a storage class .*, not a value of 32 characters \(is a quote missing\?\)/,
    );
  });

  test('a key in a partial config is not shown either', async () => {
    const file = write(`AWS_PROFILE=default\\\nENCRYPTION_KEY='${KEY}'\n`);
    await assert.rejects(readPartialConfig(file), /AWS_PROFILE includes the line of ENCRYPTION_KEY/);
  });

  test('a long value is not shown, and a short one is', async () => {
    const { message } = await failureOf(
      write(`${complete}FOLLOW_SYMLINKS=${'x'.repeat(97)} AWS_STORAGE_CLASS=a`),
    );
    assert.match(message, /not a value of 97 characters \(is a quote missing\?\)\./);
    assert.match(message, /AWS_STORAGE_CLASS must be .* not "a"/);
  });
});

describe('a config that cannot be read', () => {
  test('a config that does not exist is reported', async () =>
    assert.match((await failureOf(join(directory, 'none'))).message, /does not exist: .*none$/));

  test('a config that is a directory is reported', async () =>
    assert.match((await failureOf(directory)).message, /is a directory/));

  test('a config below a file is reported', async () =>
    assert.match((await failureOf(`${write('')}/x`)).hint, /a file, not a directory/));

  test('a config that is a link to itself is reported', async () => {
    const link = join(directory, 'loop');
    symlinkSync(link, link);
    assert.match((await failureOf(link)).message, /leads back to itself/);
  });

  test('a config that may not be read is reported', async () => {
    const module = new URL('../../../lib/config/read-config.js', import.meta.url).href;
    const script = `import { readConfig } from ${JSON.stringify(module)};
      await readConfig(${JSON.stringify(write(complete, 0))}, console).catch(({ message }) => console.log(message));`;
    const [program = '', ...args] = [...WITHOUT_ROOTS_RIGHTS, process.execPath, '--input-type=module', '-e'];
    assert.match(execFileSync(program, [...args, script], { encoding: 'utf8' }), /may not be read/);
  });
});

test('an error of the syntax is reported with file, line and remedy', async () => {
  const file = write('A=1\r\n');
  const { message, hint } = await failureOf(file);
  assert.ok(message.startsWith(`${file}:1: The file has Windows line endings`), message);
  assert.equal(hint, `Remove them: sed -i 's/\\r$//' ${file}`);
  assert.match((await failureOf(write("A='x"))).message, /:1: The single quote/);
});

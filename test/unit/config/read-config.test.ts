import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { geteuid } from 'node:process';
import { after, before, describe, test } from 'node:test';
import { BackupError } from '../../../lib/cli/errors.js';
import * as reader from '../../../lib/config/read-config.js';
import { settingNames } from '../../../lib/config/settings.js';
import { assertTrusted, type ConfigFile, warningOfWriters } from '../../../lib/config/trust.js';
import { bytesOfKey } from '../../../lib/secrets/key-bytes.js';
import { WITHOUT_ROOTS_RIGHTS } from '../../fakes/without-roots-rights.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const directory = mkdtempSync(join(tmpdir(), 'config-'));
const complete = `AWS_REGION=eu-west-1 AWS_BUCKET=my-bucket AWS_RETENTION_DAYS=30
LOCAL_DIR=/docs LOCAL_LOCK=/lock AWS_ENDPOINT_URL= ENCRYPTION_KEY=${KEY}
`;
before(() => {
  for (const name of ['BASH_ENV', 'SHELLOPTS', 'BASHOPTS', 'BASH_COMPAT', 'POSIXLY_CORRECT'])
    delete process.env[name];
});
after(() => rmSync(directory, { recursive: true }));

function write(text: string, mode = 0o600): string {
  const file = join(directory, 'my.config');
  rmSync(file, { force: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** The config and its warnings. */
async function readConfig(file: string) {
  const warnings: string[] = [];
  const config = await reader.readConfig(file, { warn: (text) => warnings.push(text) });
  return { ...config, warnings };
}

async function readPartialConfig(file: string) {
  const warnings: string[] = [];
  const config = await reader.readPartialConfig(file, { warn: (text) => warnings.push(text) });
  return { ...config, warnings };
}

async function failureOf(file: string): Promise<{ message: string; hint: string }> {
  try {
    await readConfig(file);
  } catch (error) {
    assert.ok(error instanceof BackupError, String(error));
    return { message: error.message, hint: error.hint ?? '' };
  }
  return assert.fail('the config was accepted');
}

test('a config is read', async () => {
  const config = await readConfig(write(complete));
  assert.equal(config.bucket, 'my-bucket');
  assert.equal(bytesOfKey(config.encryptionKey).toString(), KEY);
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

test('what bash has read is found fault with by its lines, too', async () => {
  const file = write(`A=$(true)\n${complete}AWS_NET_TIMEOUT=x\nexport MAX_DELETE_PERCENT=x\n`);
  await assert.rejects(readConfig(file), (error: Error) => {
    assert.match(error.message, /my\.config:4: AWS_NET_TIMEOUT.*\n.*my\.config:5: MAX_DELETE_PERCENT/);
    return true;
  });
});

test('a file that others can write is warned of, where it needs no bash', async () => {
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

test('the template is a config once its placeholders are replaced', async () => {
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

describe('a key that a slip glues to another value is never told', () => {
  const keys = [KEY, 'Qrst/Uvw$Xyz901234567890123456789', 'Qrst /Uvw/ Xyz$Zyx67890123456789'];
  const slips: readonly (readonly [string, (name: string, key: string) => string])[] = [
    ['backslash', (name, key) => `${name}=STANDARD\\\nENCRYPTION_KEY='${key}'\n`],
    ['missing quote', (name, key) => `${name}='yes\nENCRYPTION_KEY='${key}'\n# That's all.\n`],
    ['missing parenthesis', (name, key) => `${name}=('a' 'b\nENCRYPTION_KEY='${key}'\n'c')\n`],
    ['missing double quote', (name, key) => `${name}="yes\nENCRYPTION_KEY="${key}"\n# A "\n`],
  ];
  for (const [slip, slipped] of slips) {
    test(slip, async () => {
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

  test('nor is one that stands in a value by itself', async () => {
    const { message } = await failureOf(write(`${complete}AWS_STORAGE_CLASS=${KEY}`));
    assert.match(
      message,
      /AWS_STORAGE_CLASS must be a storage class .*, not a value of 32 characters \(is a quote missing\?\)/,
    );
  });

  test('without a key in the config, either', async () => {
    const file = write(`AWS_PROFILE=default\\\nENCRYPTION_KEY='${KEY}'\n`);
    await assert.rejects(readPartialConfig(file), /AWS_PROFILE goes on into the line of ENCRYPTION_KEY/);
  });

  test('a long value is not told; a short one is', async () => {
    const { message } = await failureOf(
      write(`${complete}FOLLOW_SYMLINKS=${'x'.repeat(97)} AWS_STORAGE_CLASS=a`),
    );
    assert.match(message, /not a value of 97 characters \(is a quote missing\?\)\./);
    assert.match(message, /AWS_STORAGE_CLASS must be .* not "a"/);
  });
});

describe('bash reads a file only if nobody else can have written it', () => {
  const text = `${complete}AWS_REGION=$(echo us-east-1)\n`;

  test('own and private', async () => assert.equal((await readConfig(write(text))).region, 'us-east-1'));

  test('readable by others', async () =>
    assert.equal((await readConfig(write(text, 0o644))).region, 'us-east-1'));

  for (const mode of [0o620, 0o602, 0o666]) {
    test(`mode ${mode.toString(8)}`, async () => {
      const file = write(text, mode);
      const { message, hint } = await failureOf(file);
      assert.ok(message.startsWith(`${file}:3: Only bash can read this (an unquoted \`$\`)`), message);
      assert.ok(message.includes(`mode 0${mode.toString(8)}`), message);
      assert.ok(hint.includes(`chmod go-w ${file}`), hint);
    });
  }

  const construct = { line: 3, construct: 'a command' };
  const fileOf = (uid: number, mode: number, path: ConfigFile['path'] = []): ConfigFile => ({
    file: 'c',
    stats: {
      uid,
      mode,
      isFile: () => (mode & 0o170000) === 0o100000,
      isFIFO: () => (mode & 0o170000) === 0o10000,
      isSocket: () => (mode & 0o170000) === 0o140000,
    },
    path,
    user: 1000,
  });

  test('who may be trusted', () => {
    const isTrusted = (uid: number, mode: number) => assertTrusted(fileOf(uid, mode), construct);
    assert.doesNotThrow(() => isTrusted(1000, 0o100644));
    assert.doesNotThrow(() => isTrusted(0, 0o100644));
    assert.throws(() => isTrusted(1001, 0o100644), /^BackupError: c:3: .*uid 1001/);
    assert.throws(() => isTrusted(1000, 0o100664), /mode 0664/);
    assert.throws(() => isTrusted(0, 0o100646), /mode 0646/);
    assert.doesNotThrow(() => isTrusted(1000, 0o10600));
    assert.throws(() => isTrusted(1001, 0o10600), /uid 1001/);
    assert.doesNotThrow(() => isTrusted(1000, 0o140777));
    assert.throws(() => isTrusted(1001, 0o140777), /uid 1001/);
    assert.throws(() => isTrusted(1000, 0o20600), /neither a regular file nor a pipe/);
  });

  test('which folders above it may be trusted', () => {
    const messagesOf = (uid: number, mode: number, isLink = false) => {
      const config = fileOf(1000, 0o100600, [
        { path: '/', uid: 0, mode: 0o40755, isLink: false },
        { path: '/a b', uid, mode, isLink },
      ]);
      const warning = warningOfWriters(config);
      try {
        assertTrusted(config, construct);
        return [undefined, warning];
      } catch (error) {
        assert.ok(error instanceof BackupError);
        return [`${error.message} ${error.hint}`, warning];
      }
    };
    for (const [uid, mode] of [
      [1000, 0o40755],
      [0, 0o40755],
      [0, 0o41777],
      [1000, 0o41777],
    ] as const) {
      assert.deepEqual(messagesOf(uid, mode), [undefined, undefined]);
    }
    assert.deepEqual(messagesOf(1000, 0o120777, true), [undefined, undefined]);
    for (const [uid, mode, reason, isWarned] of [
      [1001, 0o40755, /folder \/a b, .* belongs to another user \(uid 1001\).* chown 1000 '\/a b'/, true],
      [1001, 0o41777, /folder \/a b, .* belongs to another user \(uid 1001\).* chown 1000 '\/a b'/, true],
      [1001, 0o120777, /link \/a b, .* belongs to another user \(uid 1001\).* chown -h 1000 '\/a b'/, true],
      [1000, 0o40775, /can write the folder \/a b, .*\(mode 0775\).* chmod go-w '\/a b'/, false],
      [0, 0o40757, /can write the folder \/a b, .*\(mode 0757\).* chmod go-w '\/a b'/, true],
    ] as const) {
      const [error, warning] = messagesOf(uid, mode, mode === 0o120777);
      assert.match(error ?? '', reason);
      assert.equal(warning !== undefined && reason.test(warning), isWarned, warning);
    }
    assert.throws(
      () => assertTrusted({ ...fileOf(1000, 0o100600), path: undefined }, construct),
      /c:3: .* this user may not look at a folder above it/,
    );
  });

  test('in a folder that nobody else can write, behind every link', async () => {
    const open = join(directory, 'open');
    mkdirSync(join(open, 'shut'), { recursive: true });
    chmodSync(open, 0o777);
    writeFileSync(join(open, 'shut', 'config'), text, { mode: 0o600 });
    symlinkSync('open/shut', join(directory, 'link'));
    for (const file of [join(open, 'shut', 'config'), join(directory, 'link', 'config')]) {
      const { message, hint } = await failureOf(file);
      assert.ok(message.includes(`can write the folder ${open}, which leads to it (mode 0777)`), message);
      assert.ok(hint.endsWith(`chmod go-w ${open}, or write plain lines: NAME='value'`), hint);
    }
    chmodSync(open, 0o1777);
    assert.equal((await readConfig(join(directory, 'link', 'config'))).region, 'us-east-1');
  });

  // Only root can give files away; the rule itself is tested above.
  if (geteuid?.() !== 0) return;
  test('of another user', async () => {
    const file = write(text);
    chownSync(file, 12345, 12345);
    const { message, hint } = await failureOf(file);
    assert.match(message, /belongs to another user \(uid 12345\)/);
    assert.ok(hint.includes(`chown 0 ${file}`), hint);
  });
});

test('a config from a pipe or from stdin is read with and without bash', () => {
  const module = new URL('../../../lib/config/read-config.js', import.meta.url).href;
  const script = `import { readConfig } from ${JSON.stringify(module)};
    const { bucket } = await readConfig(process.argv[1], { warn: console.log });
    console.log(bucket);`;
  const program = [process.execPath, '--input-type=module', '-e', script];
  for (const bucket of ['by-lexer', '$(echo by-bash)']) {
    const file = write(`${complete}AWS_BUCKET=${bucket}\n`);
    for (const shell of [
      '"$@" <(cat "$file")',
      'cat "$file" | "$@" /dev/stdin',
      '"$@" /dev/stdin <"$file"',
    ]) {
      const options = { encoding: 'utf8', env: { ...process.env, file } } as const;
      const output = execFileSync('bash', ['-c', shell, 'bash', ...program], options);
      assert.equal(output, `by-${bucket.includes('$') ? 'bash' : 'lexer'}\n`, shell);
    }
  }
});

test('a config from a socket, or from a file or pipe that this user could not open, is read with and without bash', () => {
  const module = new URL('../../../lib/config/read-config.js', import.meta.url).href;
  const script = `import { readConfig } from ${JSON.stringify(module)};
    const { bucket } = await readConfig('/dev/stdin', { warn: console.log });
    console.log(bucket);`;
  const [program = '', ...args] = [...WITHOUT_ROOTS_RIGHTS, process.execPath, '--input-type=module', '-e'];
  for (const bucket of ['by-lexer', '$(echo by-bash)']) {
    const text = `${complete}AWS_BUCKET=${bucket}\n`;
    const expected = `by-${bucket.includes('$') ? 'bash' : 'lexer'}\n`;
    // What Node.js gives a child as a pipe is a socket.
    assert.equal(execFileSync(program, [...args, script], { input: text, encoding: 'utf8' }), expected);
    const file = openSync(write(text), 'r');
    chmodSync(join(directory, 'my.config'), 0);
    const fromFile = execFileSync(program, [...args, script], {
      stdio: [file, 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    closeSync(file);
    assert.equal(fromFile, expected);
  }
});

test('bash reads a config from a folder that may not be entered', () => {
  const module = new URL('../../../lib/config/read-config.js', import.meta.url).href;
  const file = write(`${complete}AWS_BUCKET=$(echo by-bash)\n`);
  const script = `import { readConfig } from ${JSON.stringify(module)};
    console.log((await readConfig(${JSON.stringify(file)}, console)).bucket);`;
  const [program = '', ...args] = [...WITHOUT_ROOTS_RIGHTS, process.execPath, '--input-type=module', '-e'];
  // Shut after it was entered.
  const shut = ['-c', 'cd "$1" && chmod 0 . && shift && exec "$@"', 'sh', `${directory}/shut`];
  mkdirSync(`${directory}/shut`);
  const output = execFileSync('sh', [...shut, program, ...args, script], { encoding: 'utf8' });
  assert.equal(output, 'by-bash\n');
});

describe('a config that cannot be read', () => {
  test('is missing', async () =>
    assert.match((await failureOf(join(directory, 'none'))).message, /does not exist: .*none$/));

  test('is a directory', async () => assert.match((await failureOf(directory)).message, /is a directory/));

  test('is below a file', async () =>
    assert.match((await failureOf(`${write('')}/x`)).hint, /a file, not a directory/));

  test('is a link to itself', async () => {
    const link = join(directory, 'loop');
    symlinkSync(link, link);
    assert.match((await failureOf(link)).message, /leads back to itself/);
  });

  test('may not be read', async () => {
    const module = new URL('../../../lib/config/read-config.js', import.meta.url).href;
    const script = `import { readConfig } from ${JSON.stringify(module)};
      await readConfig(${JSON.stringify(write(complete, 0))}, console).catch(({ message }) => console.log(message));`;
    const [program = '', ...args] = [...WITHOUT_ROOTS_RIGHTS, process.execPath, '--input-type=module', '-e'];
    assert.match(execFileSync(program, [...args, script], { encoding: 'utf8' }), /may not be read/);
  });
});

test('errors of the syntax tell file, line and remedy', async () => {
  const file = write('A=1\r\n');
  const { message, hint } = await failureOf(file);
  assert.ok(message.startsWith(`${file}:1: The file has Windows line endings`), message);
  assert.equal(hint, `Remove them: sed -i 's/\\r$//' ${file}`);
  assert.match((await failureOf(write("A='x"))).message, /:1: The single quote/);
});

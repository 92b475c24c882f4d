// Configs that are not regular files, or cannot be opened by their names.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { WITHOUT_ROOTS_RIGHTS } from '../../fakes/without-roots-rights.js';
import { complete, directory, write } from './config-on-disk.js';

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
    // Node.js gives a child a socket in place of a pipe.
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
  // The folder loses its permissions after bash has entered it.
  const shut = ['-c', 'cd "$1" && chmod 0 . && shift && exec "$@"', 'sh', `${directory}/shut`];
  mkdirSync(`${directory}/shut`);
  const output = execFileSync('sh', [...shut, program, ...args, script], { encoding: 'utf8' });
  assert.equal(output, 'by-bash\n');
});

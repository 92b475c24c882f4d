import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { umbrella } from '../../../bin/commands/umbrella.js';
import { PROJECT, read } from '../../docs/audit.js';

const folder = join(PROJECT, 'dist/man');
const pages = readdirSync(folder).sort();
const { man } = JSON.parse(read('package.json')) as { readonly man: readonly string[] };

test('every command has a man page, and package.json names them all', () => {
  assert.deepEqual(
    pages,
    man.map((file) => file.replace('dist/man/', '')),
  );
  const names = umbrella().commands.map((command) => command.name());
  const documented = names.filter((name) => name !== 'help' && name !== 'complete');
  assert.deepEqual(
    pages,
    ['encrypted-s3', ...documented.map((it) => `encrypted-s3-${it}`)].map((it) => `${it}.1`).sort(),
  );
});

test('mandoc and man find nothing to complain about', () => {
  for (const page of pages) {
    const lint = spawnSync('mandoc', ['-T', 'lint', join(folder, page)], { encoding: 'utf8' });
    assert.deepEqual([lint.error, lint.stdout, lint.stderr], [undefined, '', ''], page);
    const options = ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z'];
    const shown = spawnSync('man', [...options, join(folder, page)], { encoding: 'utf8' });
    assert.deepEqual([shown.error, shown.stderr, shown.status], [undefined, '', 0], page);
  }
});

test('no word is hyphenated, since it may be a path or a name to type', () => {
  for (const page of pages) {
    const options = ['-E', 'UTF-8', '-l', join(folder, page)];
    const { stdout } = spawnSync('man', options, {
      encoding: 'utf8',
      env: { ...process.env, MANWIDTH: '60', MANPAGER: 'cat' },
    });
    assert.match(stdout, /NAME/);
    assert.doesNotMatch(stdout, /\u2010$/m, page);
  }
});

test('a page has the usage, each option, and the exit codes', () => {
  const text = spawnSync('mandoc', ['-T', 'ascii', join(folder, 'encrypted-s3-restore.1')], {
    encoding: 'utf8',
  });
  const page = text.stdout.replaceAll(/.[\b]/g, '');
  for (const words of [
    'encrypted-s3 restore [options] [path...] <destination>',
    '--keep-newer',
    '--color <when>',
    '75 another run holds the lock',
    'encrypted-s3 restore --at yesterday',
  ])
    assert.ok(page.includes(words), words);
  const doctor = readFileSync(join(folder, 'encrypted-s3-doctor.1'), 'utf8');
  assert.match(doctor, /EXIT STATUS\n\.nf\n0 everything is in order/);
  assert.ok(readFileSync(join(folder, 'encrypted-s3.1'), 'utf8').includes('list\\-versions'));
});

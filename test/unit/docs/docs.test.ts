import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';
import { exitCode } from '../../../lib/cli/exit-codes.js';
import { settingNames } from '../../../lib/config/settings.js';
import { PROJECT, read } from '../../docs/audit.js';

const DOCS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(PROJECT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

const COMMAND_LINE = 'lib/cli/command-line.ts';

/** The text without blocks of code. */
function prose(file: string): string {
  return read(file).replace(/^( *)```[\s\S]*?^\1```$/gm, '');
}

/** The anchors of the headings, as GitHub makes them. */
function anchors(file: string): string[] {
  return [...prose(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('README has at most 200 lines', () => {
  const lines = read('README.md').split('\n').length - 1;
  assert.ok(lines <= 200, `it has ${lines}`);
});

describe('every link leads somewhere', () => {
  for (const file of DOCS)
    test(`every link in ${file} leads somewhere`, () => {
      for (const [, link = ''] of prose(file).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https:/.test(link)) continue;
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? file : normalize(join(dirname(file), path));
        assert.ok(existsSync(join(PROJECT, target)), `there is no ${target}`);
        if (anchor !== undefined) assert.ok(anchors(target).includes(anchor), `${target} has no #${anchor}`);
      }
    });
});

describe('every file of the project that is named exists', () => {
  for (const file of DOCS)
    test(`every file that ${file} names exists`, () => {
      for (const [, path = ''] of read(file).matchAll(/(?<![\w./-])((?:lib|bin|test|docs)\/[\w./-]*\w\/?)/g))
        assert.ok(path.includes('NAME') || existsSync(join(PROJECT, path)), `there is no ${path}`);
    });
});

test('every flag of our commands that the docs name exists', () => {
  const bins = readdirSync(join(PROJECT, 'bin'), { recursive: true, encoding: 'utf8' });
  const defined = [...bins.filter((name) => name.endsWith('.ts')).map((name) => `bin/${name}`), COMMAND_LINE]
    .map(read)
    .join('\n');
  for (const file of DOCS)
    for (const [, words = ''] of read(file).matchAll(/(?:^\$ |^ *|`)(encrypted-s3[ -][a-z][^`\n]*)/gm))
      for (const [flag] of words.matchAll(/(?<= )--[a-z-]+/g))
        assert.ok(new RegExp(`${flag}\\b`).test(defined), `${file}: there is no ${flag} (${words})`);
});

test('config.template describes every setting, once', () => {
  const lines = read('config.template').split('\n');
  for (const name of settingNames) {
    const [line = -1, ...others] = [...lines.keys()].filter((at) => lines[at]?.match(`^#?${name}=`));
    assert.deepEqual(others, [], name);
    assert.notEqual(line, -1, `${name} is not there`);
    const above = lines.slice(0, line).findLast((it) => it !== '');
    assert.match(above ?? '', /^# /, `nothing is said of ${name}`);
  }
});

test('the docs name every setting', () => {
  const all = DOCS.map(read).join('\n');
  for (const name of settingNames) assert.ok(new RegExp(`\\b${name}\\b`).test(all), name);
});

test('the docs name no setting that does not exist', () => {
  const names: ReadonlySet<string> = new Set(settingNames);
  for (const file of DOCS)
    for (const [, name = ''] of read(file).matchAll(/^([A-Z][A-Z_]+)=\(?'/gm))
      assert.ok(names.has(name), `${file}: ${name}`);
});

test('README has the only table of exit codes, with each of them once', () => {
  const tables = DOCS.filter((file) => /^\| code \|/m.test(prose(file)));
  assert.deepEqual(tables, ['README.md']);
  const codes = [...prose('README.md').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(
    codes,
    Object.values(exitCode).toSorted((a, b) => a - b),
  );
});

test('README and docs are in the packed program', () => {
  const { files } = JSON.parse(read('package.json'));
  for (const path of ['docs', 'config.template', 'CHANGELOG.md']) assert.ok(files.includes(path), path);
  assert.ok(statSync(join(PROJECT, 'docs')).isDirectory());
});

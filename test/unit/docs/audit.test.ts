import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { audit, PROJECT, read } from '../../docs/audit.js';

/** The functions of node:fs and node:fs/promises that change something on disk. */
const WRITES =
  /\b(appendFile|copyFile|cp|createWriteStream|f?truncate|[fl]?chmod|[fl]?chown|[fl]?utimes|link|rename|rm|rmdir|symlink|unlink|write|writev|writeFile)(Sync)?\b/;
/** Opens a file to write it. */
const OPENS = /\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND)\b|\bopen(Sync)?\([^;]*, '(w|a|r\+)/;
/** Brings everything that a module can do, under names of the importing file's choice. */
const WHOLE = /^import (?!(type )?\{)|[{ ]promises\b/;
const STARTS = /\bfrom '(execa|(node:)?child_process)'/;
/** The rules that allow a means of harm only in the files of their `from.pathNot`. */
const MEANS = [
  'one-spawn-of-aws',
  'other-programs',
  'bytes-of-keys',
  'deletions',
  'argv-of-uploads',
  'moves-into-the-destination',
];

interface Rule {
  readonly name: string;
  readonly from: { readonly pathNot?: string };
  readonly to: { readonly path?: string };
}

const { is, shouldBe } = audit();
const rules: readonly Rule[] = JSON.parse(read('.dependency-cruiser.json')).forbidden;
const sources = ['lib', 'bin'].flatMap((folder) =>
  readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`),
);
/** The cells of each file's row. */
const rows = new Map(
  is
    .split('\n')
    .filter((line) => /^\| `(lib|bin)\//.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, file = '', ...cells]) => [file.slice(1, -1), cells]),
);

test('docs/audit.md has the right numbers (npm run docs mends them)', () => {
  assert.equal(is, shouldBe);
});

test('a file that may import a means of harm is listed with the rule that allows it', () => {
  for (const name of MEANS) {
    const rule = rules.find((it) => it.name === name);
    assert.ok(rule, `there is no rule ${name}`);
    const allowed = sources.filter((file) => new RegExp(rule.from.pathNot ?? '').test(file));
    assert.notEqual(allowed.length, 0, name);
    for (const file of allowed) assert.ok(rows.has(file), `${file} is not in docs/audit.md (${name})`);
  }
});

test('each rule that docs/audit.md names exists, and allows the file or is what the file is about', () => {
  for (const [file, cells] of rows) {
    for (const [, name] of (cells[3] ?? '').matchAll(/`([^`]+)`/g)) {
      const rule = rules.find((it) => it.name === name);
      assert.ok(rule, `${file}: there is no rule ${name}`);
      const isAbout = [rule.from.pathNot, rule.to.path].some((it) => new RegExp(it ?? '^$').test(file));
      assert.ok(isAbout, `${file}: the rule ${name} is not about it`);
    }
  }
});

test('a file that writes, removes or starts something is listed', () => {
  for (const file of sources) {
    const text = read(file);
    const imports = text.match(/^import [^;]* from '(node:fs(\/promises)?|tmp)';/gm) ?? [];
    const isLazy = /\bimport\('(node:fs|tmp)/.test(text);
    const writes = isLazy || imports.some((it) => WRITES.test(it) || WHOLE.test(it));
    if (writes || OPENS.test(text) || STARTS.test(text))
      assert.ok(rows.has(file), `${file} is not in docs/audit.md`);
  }
});

test('only the files of arguments, and three others, name commands of the AWS CLI', () => {
  const naming = sources.filter((file) => /'(s3|s3api|sts|configure)'/.test(read(file)));
  const others = naming.filter((file) => !file.startsWith('lib/aws/arguments/'));
  assert.deepEqual(others.sort(), [
    'lib/aws/deletions.ts',
    'lib/aws/settings/redirections.ts',
    'lib/aws/start-aws.ts',
  ]);
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readPrices } from '../../../lib/setup/prices.js';

test('prices of a file take the place of ours, if they have their form', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'prices-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'prices.json');
  const ours = readPrices(undefined);
  const other = { ...ours, region: 'eu-central-1', classes: { GLACIER_IR: ours.classes['STANDARD_IA'] } };
  writeFileSync(file, JSON.stringify(other));
  assert.deepEqual(readPrices(file), other);
  const withClass = (standard: unknown) => JSON.stringify({ ...ours, classes: { STANDARD: standard } });
  const with1 = (name: string, value: unknown) => JSON.stringify({ ...ours, [name]: value });
  for (const [text, message] of [
    ['', /: it is not JSON\.$/],
    ['{', /: it is not JSON\.$/],
    ['[]', /prices\.json: it must be an object/],
    ['null', /prices\.json: it must be an object/],
    ['{}', /prices\.json: "region" is missing\.\n.*: "date" is missing\.\n.*: "classes" is missing\.$/s],
    [with1('classes', {}), /: "classes" has no storage class\.$/],
    [with1('classes', [1]), /: "classes" must be an object/],
    [with1('traffic', -0.1), /: "traffic" must be a number, 0 or more\.$/],
    [with1('freeTraffic', '100'), /: "freeTraffic" must be a number, 0 or more\.$/],
    [with1('date', ''), /: "date" must be a text\.$/],
    [with1('listings', 0).replace('"listings":0', '"listings":1e999'), /: "listings" must be a number/],
    [
      withClass({ storage: '1' }),
      /: "classes\.STANDARD\.storage" must be a number.*"classes\.STANDARD\.uploads" is missing/s,
    ],
    [withClass(null), /: "classes\.STANDARD" must be an object/],
    [
      with1('classes', { STANDARD_AI: {} }),
      /: "classes\.STANDARD_AI" is none of the storage classes STANDARD, /,
    ],
  ] as const) {
    writeFileSync(file, text);
    assert.throws(() => readPrices(file), message);
  }
  assert.throws(() => readPrices(join(folder, 'nothing')), /no such file/);
});

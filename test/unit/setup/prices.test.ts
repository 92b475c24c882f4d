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
  for (const [text, message] of [
    ['{', /it is not JSON/],
    ['{}', /does not have the form of prices/],
    [JSON.stringify({ ...ours, classes: {} }), /does not have the form/],
    [JSON.stringify({ ...ours, classes: { STANDARD: { storage: '1' } } }), /does not have the form/],
    [JSON.stringify({ ...ours, classes: { STANDARD: null } }), /does not have the form/],
  ] as const) {
    writeFileSync(file, text);
    assert.throws(() => readPrices(file), message);
  }
  assert.throws(() => readPrices(join(folder, 'nothing')), /no such file/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cheapestClass, costOf, describeCost, LEAST_BILLED } from '../../../lib/setup/cost.js';
import { readPrices } from '../../../lib/setup/prices.js';

const GIB = 2 ** 30;
const prices = readPrices(undefined);

/** @param each the size of each file in bytes */
function files(count: number, each: number) {
  return { files: count, bytes: count * each, billedBytes: count * Math.max(each, LEAST_BILLED) };
}

function cost(storageClass: string, totals: ReturnType<typeof files>) {
  const of = prices.classes[storageClass];
  assert.ok(of);
  const { upload, month, restore } = costOf(totals, prices, of);
  return [upload, month, restore].map((dollars) => dollars.toFixed(2));
}

test('100 GB in 100,000 files cost what README says', () => {
  assert.deepEqual(cost('STANDARD_IA', files(100_000, (100 * GIB) / 100_000)), ['1.00', '1.26', '1.10']);
  assert.deepEqual(cost('STANDARD', files(100_000, (100 * GIB) / 100_000)), ['0.50', '2.31', '0.04']);
});

test('a restore of more than the free traffic pays for the rest of it', () => {
  assert.deepEqual(cost('STANDARD', files(1000, (300 * GIB) / 1000))[2], '18.00');
});

test('STANDARD is cheaper for files below about 70 KB, since STANDARD_IA bills 128 KB for each', () => {
  assert.equal(cheapestClass(files(1000, 69_000), prices), 'STANDARD');
  assert.equal(cheapestClass(files(1000, 73_000), prices), 'STANDARD_IA');
  const said = describeCost(files(1_000_000, 4096), 'STANDARD_IA', prices, true).join('\n');
  assert.match(said, /\$1\.68 a month/);
  assert.match(said, /128\.0 KiB and 30 days at least: 122\.1 GiB instead of 3\.8 GiB/);
  assert.match(said, /STANDARD \(--storage-class STANDARD\) is cheaper for these files: \$0\.24 a month/);
  assert.doesNotMatch(
    describeCost(files(1000, 4096), 'STANDARD', prices, true).join('\n'),
    /cheaper|at least/,
  );
});

test('a scan that did not end shows its cost as a minimum, and a class without prices shows none', () => {
  assert.match(
    describeCost(files(1, 1), 'STANDARD_IA', prices, false)[0] ?? '',
    /^at least 1 file, 1 byte, in/,
  );
  assert.match(
    describeCost(files(1, 1), 'GLACIER_IR', prices, true)[0] ?? '',
    /Prices are known for STANDARD_IA, STANDARD, not for GLACIER_IR/,
  );
});

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { parseVersions } from '../../../lib/aws/version-listing.js';

const row = (...columns: string[]) => columns.join('\t');

async function parse(lines: readonly string[], prefix = ''): Promise<string[]> {
  const seen: string[] = [];
  for await (const version of parseVersions(
    Readable.from([lines.map((line) => `${line}\n`).join('')]),
    prefix,
  )) {
    const { key, versionId, size, isLatest } = version;
    seen.push(`${key} ${versionId} ${size ?? 'deleted'}${isLatest ? ' latest' : ''}`);
  }
  return seen;
}

test('versions and delete markers of each page, in one order', async () => {
  const seen = await parse(
    [
      'None',
      'page',
      row('p%2Fa', 'a2', '2026-01-03T00:00:00Z', 'True', '12'),
      row('p%2Fa', 'a1', '2026-01-01T00:00:00.5Z', 'False', '11'),
      row('p%2Fb+c', 'b1', '2026-01-01T00:00:00+00:00', 'False', '21'),
      'page',
      row('p%2Fb+c', 'b0', '2025-01-01T00:00:00Z', 'False', '20'),
      row('p%2Fd', 'null', '2026-01-01T00:00:00Z', 'True', '0'),
      row('p%2Fb+c', 'bx', '2025-12-01T00:00:00Z', 'False'),
      row('None', 'None', 'None', 'None'),
    ],
    'p/',
  );
  assert.deepEqual(seen, [
    'a a2 12 latest',
    'a a1 11',
    'b c b1 21',
    'b c bx deleted',
    'b c b0 20',
    'd null 0 latest',
  ]);
});

test('times that are equal: the latest first, and a version before a deletion', async () => {
  const time = '2026-01-01T00:00:00Z';
  const rows = [
    row('a', 'v', time, 'False', '1'),
    row('b', 'v', time, 'False', '1'),
    row('a', 'm', time, 'True'),
    row('b', 'm', time, 'False'),
  ];
  assert.deepEqual(await parse(['page', ...rows]), ['a m deleted latest', 'a v 1', 'b v 1', 'b m deleted']);
});

test("the backup's own objects are left out below an empty prefix only", async () => {
  const lines = ['page', row('backup.info%2Fkey%2Fdata', 'x', '2026-01-01T00:00:00Z', 'True', '1')];
  assert.deepEqual(await parse(lines), []);
  assert.equal((await parse(lines, 'backup.info/')).length, 1);
});

test('an empty listing', async () => {
  assert.deepEqual(await parse(['None\tNone', 'page']), []);
});

for (const [what, line] of [
  ['another prefix', row('q', 'v', '2026-01-01T00:00:00Z', 'True', '1')],
  ['no time', row('p/q', 'v', 'yesterday', 'True', '1')],
  ['no size', row('p/q', 'v', '2026-01-01T00:00:00Z', 'True', 'big')],
] as const) {
  test(`no listing: ${what}`, async () => {
    await assert.rejects(parse(['page', line], 'p/'), /not what S3 would send/);
  });
}

test('no listing: keys in another order', async () => {
  const rows = ['b', 'a'].map((key) => row(key, 'v', '2026-01-01T00:00:00Z', 'True', '1'));
  await assert.rejects(parse(['page', rows[0] ?? '', 'page', rows[1] ?? '']), /not what S3 would send/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VersionRow, VersionsPage } from '../../../lib/aws/arguments/list-arguments.js';
import { nextMarker, parseVersions } from '../../../lib/aws/version-listing.js';

const page = (
  versions: readonly VersionRow[] | null,
  deletions: readonly VersionRow[] | null = null,
  next: VersionsPage['next'] = [false, null, null],
  encoding: string | null = 'url',
): VersionsPage => ({ versions, deletions, next, encoding });

async function* stream(pages: readonly VersionsPage[]): AsyncGenerator<VersionsPage> {
  yield* pages;
}

async function parse(pages: readonly VersionsPage[], prefix = ''): Promise<string[]> {
  const seen: string[] = [];
  for await (const { key, versionId, size, isLatest } of parseVersions(stream(pages), prefix)) {
    seen.push(`${key} ${versionId} ${size ?? 'deleted'}${isLatest ? ' latest' : ''}`);
  }
  return seen;
}

test('versions and delete markers of each page come in one order', async () => {
  const pages = [
    page([
      ['p%2Fa', 'a2', '2026-01-03T00:00:00Z', true, 12],
      ['p%2Fa', 'a1', '2026-01-01T00:00:00.5Z', false, 11],
      ['p%2Fb+c', 'b1', '2026-01-01T00:00:00+00:00', false, 21],
    ]),
    page(
      [
        ['p%2Fb+c', 'b0', '2025-01-01T00:00:00Z', false, 20],
        ['p%2Fd', 'null', '2026-01-01T00:00:00Z', true, 0],
      ],
      [['p%2Fb+c', 'bx', '2025-12-01T00:00:00Z', false]],
    ),
  ];
  assert.deepEqual(await parse(pages, 'p/'), [
    'a a2 12 latest',
    'a a1 11',
    'b c b1 21',
    'b c bx deleted',
    'b c b0 20',
    'd null 0 latest',
  ]);
});

test('of versions of the same time, the current one comes first, and a version before a delete marker', async () => {
  const time = '2026-01-01T00:00:00Z';
  const versions: VersionRow[] = [
    ['a', 'v', time, false, 1],
    ['b', 'v', time, false, 1],
  ];
  const deletions: VersionRow[] = [
    ['a', 'm', time, true],
    ['b', 'm', time, false],
  ];
  assert.deepEqual(await parse([page(versions, deletions)]), [
    'a m deleted latest',
    'a v 1',
    'b v 1',
    'b m deleted',
  ]);
});

test('versions below backup.info/ are left out only below an empty prefix, and a key may be None', async () => {
  const versions: VersionRow[] = [
    ['None', 'None', '2026-01-01T00:00:00Z', true, 1],
    ['backup.info%2Fkey%2Fdata', 'x', '2026-01-01T00:00:00Z', true, 1],
  ];
  assert.deepEqual(await parse([page(versions)]), ['None None 1 latest']);
  assert.equal((await parse([page(versions.slice(1))], 'backup.info/')).length, 1);
});

test('keys are decoded only if the page says that they are URL-encoded', async () => {
  const rows = ['100%25.txt', 'a+b'].map((key): VersionRow => [key, 'v', '2026-01-01T00:00:00Z', true, 1]);
  assert.deepEqual(await parse([page(rows)]), ['100%.txt v 1 latest', 'a b v 1 latest']);
  for (const encoding of [null, 'other'])
    assert.deepEqual(await parse([page(rows, null, [false, null, null], encoding)]), [
      '100%25.txt v 1 latest',
      'a+b v 1 latest',
    ]);
  const last = page(rows, null, [true, 'a+b', 'v'], null);
  assert.deepEqual(nextMarker(last), { key: 'a+b', versionId: 'v' });
});

test('an empty listing has no versions', async () => {
  assert.deepEqual(await parse([page(null)]), []);
});

test('the next page begins after the last key, whether the server encodes the marker or not', () => {
  const row = (key: string): VersionRow => [key, 'v', '2026-01-01T00:00:00Z', true, 1];
  const rows = [row('a'), row('a+b%2B%C3%BC')];
  const after = (marker: string) => nextMarker(page(rows, null, [true, marker, 'v']));
  assert.deepEqual(after('a+b%2B%C3%BC'), { key: 'a b+ü', versionId: 'v' });
  assert.deepEqual(after('a b+ü'), { key: 'a b+ü', versionId: 'v' });
  assert.deepEqual(nextMarker(page([row('x')], [row('a%2Bb')], [true, 'a+b', 'v'])), {
    key: 'a+b',
    versionId: 'v',
  });
  assert.equal(nextMarker(page(rows)), undefined);
});

for (const [what, row] of [
  ['another prefix', ['q', 'v', '2026-01-01T00:00:00Z', true, 1]],
  ['no time', ['p/q', 'v', 'yesterday', true, 1]],
] as const) {
  test(`a listing of versions with ${what} is refused`, async () => {
    await assert.rejects(parse([page([row])], 'p/'), /not what S3 would send/);
  });
}

for (const id of [
  '',
  'file:///etc/shadow',
  'fileb:///dev/fd/3',
  'https://169.254.169.254/',
  'a b',
  'x;reboot',
  'x\n',
  'x'.repeat(1025),
  7 as unknown as string,
  null as unknown as string,
]) {
  test(`a listing is refused with the version id ${JSON.stringify(id).slice(0, 40)}`, async () => {
    const time = '2026-01-01T00:00:00Z';
    const refused = /listing of versions has .* as the version id of "p\/q", which is not one of S3's/s;
    await assert.rejects(parse([page([['p/q', id, time, true, 1]])], 'p/'), refused);
    await assert.rejects(parse([page(null, [['p/q', id, time, true]])], 'p/'), refused);
  });
}

test('version ids of Amazon and of S3-compatible servers are accepted, and the word null', async () => {
  const ids = [
    '3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo',
    '-AgWAAR8n2F.Pmp2GcawYFExd8fs5uDo',
    'b1946ac9-2492-4d23-8a5c-9a1b6d0e7f3c',
    '4_z27c88f1d182b150646ff0b16_f1004ba650fe24e6b_d20150809_m012853_c100_v0009990_t0000',
    'x'.repeat(1024),
    'null',
  ];
  for (const id of ids)
    assert.deepEqual(await parse([page([['a', id, '2026-01-01T00:00:00Z', true, 1]])]), [`a ${id} 1 latest`]);
});

test('a listing of versions with keys out of order, or with the same page again, is refused', async () => {
  const rows = ['b', 'a'].map((key): VersionRow => [key, 'v', '2026-01-01T00:00:00Z', true, 1]);
  const pages = rows.map((row) => page([row]));
  await assert.rejects(parse(pages), /not what S3 would send/);
  await assert.rejects(parse([...pages.slice(0, 1), ...pages.slice(0, 1)]), /not what S3 would send/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectVersion } from '../../../../lib/aws/version-listing.js';
import { formatTime } from '../../../../lib/cli/units/times.js';
import { asJson, asTable, type VersionFormat } from '../../../../lib/restore/versions/version-table.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';

const IN_PIPE = { isJson: false, isForPeople: false, hasHeader: false };
const FOR_PEOPLE = { ...IN_PIPE, isForPeople: true };
const TIME = Date.parse('2026-03-28T18:00:00.250Z');
const ID = 'ab3QVmfmDTnBSBbDNfXVm.KIZOKWGc7h';

function version(key: Bytes, versionId: string, size: number | undefined, isLatest = false): ObjectVersion {
  return { key, versionId, size, isLatest, lastModified: TIME };
}

const HISTORY = [
  version(bytesOf('d/a'), ID, undefined, true),
  version(bytesOf('d/a'), 'null', 5_000_000_000_000),
  version(bytesOf('d/ü\tb\nc'), 'null', 0, true),
];

async function formatted(format: VersionFormat, versions: readonly ObjectVersion[]): Promise<string> {
  const stream = (async function* () {
    yield* versions;
  })();
  let text = '';
  for await (const line of format(stream)) text += line;
  return text;
}

test('a table: a header, and columns below each other', async () => {
  const time = formatTime(TIME);
  assert.equal(
    await formatted(asTable(FOR_PEOPLE), HISTORY),
    [
      'DATE                       VERSION ID                                   SIZE  STATE    KEY',
      `${time}  ${ID}                -  deleted  d/a`,
      `${time}  null                                5000000000000  -        d/a`,
      `${time}  null                                            0  current  d/ü\\x09b\\nc`,
      '',
    ].join('\n'),
  );
});

test('between tabs: five columns on one line, whatever is in a key', async () => {
  const time = '2026-03-28T18:00:00.250Z';
  assert.equal(
    await formatted(asTable(IN_PIPE), HISTORY),
    [
      `${time}\t${ID}\t-\tdeleted\td/a`,
      `${time}\tnull\t5000000000000\t-\td/a`,
      `${time}\tnull\t0\tcurrent\td/ü\\x09b\\nc`,
      '',
    ].join('\n'),
  );
});

test('JSON: an array, an object a line, keys as they are', async () => {
  const notUtf8 = version('d/\xff' as Bytes, 'null', 1);
  const text = await formatted(asJson, [...HISTORY, notUtf8]);
  assert.equal(text.split('\n').length, 7);
  const lastModified = '2026-03-28T18:00:00.250Z';
  const object = { lastModified, isLatest: false, isDeleteMarker: false };
  assert.deepEqual(JSON.parse(text), [
    { ...object, key: 'd/a', versionId: ID, size: null, isLatest: true, isDeleteMarker: true },
    { ...object, key: 'd/a', versionId: 'null', size: 5_000_000_000_000 },
    { ...object, key: 'd/ü\tb\nc', versionId: 'null', size: 0, isLatest: true },
    { ...object, key64: 'ZC//', versionId: 'null', size: 1 },
  ]);
});

test('of no versions: nothing, or an empty array', async () => {
  assert.equal(await formatted(asTable(FOR_PEOPLE), []), '');
  assert.equal(await formatted(asTable(IN_PIPE), []), '');
  assert.equal(await formatted(asJson, []), '[]\n');
});

test('a line comes before the next version is asked for', async () => {
  for (const [format, lines] of [
    [asTable(FOR_PEOPLE), 2],
    [asTable(IN_PIPE), 1],
    [asJson, 1],
  ] as const) {
    let asked = 0;
    const endless = (async function* () {
      for (;;) {
        asked += 1;
        yield version(bytesOf('a'), 'null', 1);
      }
    })();
    const text = format(endless);
    for (let line = 0; line < lines; line += 1) await text.next();
    assert.equal(asked, 1);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectVersion } from '../../../../lib/aws/version-listing.js';
import { type AnswerStyle, answerText } from '../../../../lib/cli/output/answer.js';
import { formatLocalTime } from '../../../../lib/cli/units/times.js';
import { VERSIONS } from '../../../../lib/restore/versions/version-table.js';
import { type Bytes, bytesOf } from '../../../../lib/tree/bytes.js';

const IN_PIPE = { isJson: false, isForPeople: false, hasHeader: false };
const FOR_PEOPLE = { ...IN_PIPE, isForPeople: true, hasHeader: true };
const AS_JSON = { ...IN_PIPE, isJson: true };
const JSON_HEADER = { format: 'encrypted-s3-backup versions', version: 1 };
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

async function formatted(style: AnswerStyle, versions: readonly ObjectVersion[]): Promise<string> {
  let text = '';
  for await (const line of answerText(versions, VERSIONS, style)) text += line;
  return text;
}

test('a table has a header and aligned columns, as wide as they need to be', async () => {
  const time = formatLocalTime(TIME);
  assert.equal(
    await formatted(FOR_PEOPLE, HISTORY),
    [
      'DATE                 VERSION ID                           SIZE  STATE    KEY',
      `${time}  ${ID}        -  deleted  d/a`,
      `${time}  null                              4.5 TiB  -        d/a`,
      `${time}  null                              0 bytes  current  d/ü\\x09b\\nc`,
      '',
    ].join('\n'),
  );
});

test('a line between tabs has five columns, whatever is in a key', async () => {
  const time = '2026-03-28T18:00:00.250Z';
  assert.equal(
    await formatted(IN_PIPE, HISTORY),
    [
      `${time}\t${ID}\t-\tdeleted\td/a`,
      `${time}\tnull\t5000000000000\t-\td/a`,
      `${time}\tnull\t0\tcurrent\td/ü\\x09b\\nc`,
      '',
    ].join('\n'),
  );
});

test('JSON has an object on each line, with keys as they are', async () => {
  const notUtf8 = version('d/\xff' as Bytes, 'null', 1);
  const text = await formatted(AS_JSON, [...HISTORY, notUtf8]);
  const lastModified = '2026-03-28T18:00:00.250Z';
  const object = { lastModified, isLatest: false, isDeleteMarker: false };
  const lines = text.split('\n').slice(0, -1);
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [
      JSON_HEADER,
      { ...object, key: 'd/a', versionId: ID, size: null, isLatest: true, isDeleteMarker: true },
      { ...object, key: 'd/a', versionId: 'null', size: 5_000_000_000_000 },
      { ...object, key: 'd/ü\tb\nc', versionId: 'null', size: 0, isLatest: true },
      { ...object, key64: 'ZC//', versionId: 'null', size: 1 },
    ],
  );
});

test('an empty list prints nothing for people, the header if it is asked for, and the first line of JSON', async () => {
  assert.equal(await formatted(FOR_PEOPLE, []), '');
  assert.equal(await formatted(IN_PIPE, []), '');
  assert.equal(await formatted({ ...IN_PIPE, hasHeader: true }, []), 'DATE\tVERSION ID\tSIZE\tSTATE\tKEY\n');
  assert.deepEqual(JSON.parse(await formatted(AS_JSON, [])), JSON_HEADER);
});

test('lines appear as the versions arrive, and in a table once a screenful determines the widths of the columns', async () => {
  for (const [style, lines, atMost] of [
    [FOR_PEOPLE, 300, 300],
    [IN_PIPE, 1, 1],
    [AS_JSON, 2, 1],
  ] as const) {
    let asked = 0;
    const endless = (async function* () {
      for (;;) {
        asked += 1;
        yield version(bytesOf('a'), 'null', 1);
      }
    })();
    const text = answerText(endless, VERSIONS, style);
    for (let line = 0; line < lines; line += 1) await text.next();
    assert.ok(asked <= atMost, `${asked}`);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackupError } from '../../../../lib/cli/errors.js';
import { adoptTimeZone } from '../../../../lib/cli/units/time-zone.js';
import { formatTime, parseTime } from '../../../../lib/cli/units/times.js';

process.env['TZ'] = 'Europe/Sofia'; // +0200 in winter
const NOW = new Date('2026-03-20T10:00:00Z');

const TIMES: readonly [string, string][] = [
  ['2026-03-10T18:00:00Z', '2026-03-10T18:00:00.999Z'],
  ['2026-03-10t18:00:00.123z', '2026-03-10T18:00:00.123Z'],
  ['2026-03-10 18:00 UTC', '2026-03-10T18:00:00.999Z'],
  ['2026-03-10T18:00:30+05:30', '2026-03-10T12:30:30.999Z'],
  ['2026-03-10 18:00:30 -0330', '2026-03-10T21:30:30.999Z'],
  ['2026-03-10 18:00+02', '2026-03-10T16:00:00.999Z'],
  ['2026-03-10 18:00', '2026-03-10T16:00:00.999Z'],
  ['2026-03-10', '2026-03-10T21:59:59.999Z'],
  ['2026-03-20', '2026-03-20T21:59:59.999Z'],
  ['today', '2026-03-20T21:59:59.999Z'],
  ['Yesterday', '2026-03-19T21:59:59.999Z'],
  ['yesterday 18:00', '2026-03-19T16:00:00.999Z'],
  ['today 9:05', '2026-03-20T07:05:00.999Z'],
  ['9:05', '2026-03-20T07:05:00.999Z'],
  // NOW is a Friday.
  ['Thursday', '2026-03-19T21:59:59.999Z'],
  ['friday', '2026-03-13T21:59:59.999Z'],
  ['last saturday 18:00', '2026-03-14T16:00:00.999Z'],
  ['1h ago', '2026-03-20T09:00:00.000Z'],
  ['now', '2026-03-20T10:00:00.000Z'],
  ['an hour ago', '2026-03-20T09:00:00.000Z'],
  ['a week ago', '2026-03-13T10:00:00.000Z'],
  ['90 min ago', '2026-03-20T08:30:00.000Z'],
  ['last week', '2026-03-13T10:00:00.000Z'],
  ['last month', '2026-02-20T10:00:00.000Z'],
  ['2 days ago', '2026-03-18T10:00:00.000Z'],
  [' 1 hour ago ', '2026-03-20T09:00:00.000Z'],
  ['90 minutes ago', '2026-03-20T08:30:00.000Z'],
  ['1 week ago', '2026-03-13T10:00:00.000Z'],
  ['2 months ago', '2026-01-20T10:00:00.000Z'],
  ['1 year ago', '2025-03-20T10:00:00.000Z'],
];

for (const [text, expected] of TIMES) {
  test(`"${text}" means ${expected}`, () =>
    assert.equal(new Date(parseTime(text, NOW)).toISOString(), expected));
}

for (const [text, now, expected] of [
  ['1 month ago', '2026-03-31T10:00:00Z', '2026-02-28T11:00:00.000Z'],
  ['13 months ago', '2026-03-30T10:00:00Z', '2025-02-28T11:00:00.000Z'],
  ['1 month ago', '2026-07-31T10:00:00Z', '2026-06-30T10:00:00.000Z'],
  ['1 year ago', '2028-02-29T10:00:00Z', '2027-02-28T10:00:00.000Z'],
  ['4 years ago', '2028-02-29T10:00:00Z', '2024-02-29T10:00:00.000Z'],
] as const) {
  test(`"${text}" on ${now} means ${expected}`, () =>
    assert.equal(new Date(parseTime(text, new Date(now))).toISOString(), expected));
}

const NO_TIMES = [
  '',
  'soon',
  'someday',
  'last',
  '10',
  '20260310',
  '2026-3-1',
  '2026-02-30',
  '2026-13-01',
  '2026-03-10 24:00',
  '2026-03-10 18:60',
  '2026-03-10 18',
  '2026-03-10 18:00 CET',
  '-1 days ago',
  'days ago',
  '999999 years ago',
  'a days',
];

for (const text of NO_TIMES) {
  test(`"${text}" is no time and is refused`, () => assert.throws(() => parseTime(text, NOW), BackupError));
}

test('a time in the future is refused', () => {
  for (const text of ['2026-03-21', '2026-03-20 12:01', 'today 13:00', '18:00'])
    assert.throws(() => parseTime(text, NOW), /in the future: 2026-03-2\d /);
  for (const text of ['tomorrow', 'Tomorrow 18:00', 'next week', 'next monday', 'in 2 hours'])
    assert.throws(() => parseTime(text, NOW), { message: `"${text}" is in the future.` });
});

test('a time that is shown is understood when it is typed', () => {
  const shown = formatTime(Date.parse('2026-03-10T18:00:30Z'));
  assert.equal(shown, '2026-03-10 20:00:30 +0200');
  assert.equal(new Date(parseTime(shown, NOW)).toISOString(), '2026-03-10T18:00:30.999Z');
});

test('a zone that Node does not know does not lead to times in another one', (t) => {
  t.after(() => {
    process.env['TZ'] = 'Europe/Sofia';
  });
  for (const zone of ['CET-1CEST,M3.5.0,M10.5.0/3', 'No/Where', '<+03>-3']) {
    process.env['TZ'] = zone;
    for (const local of ['2026-03-10 18:00', '2026-03-10', 'yesterday'])
      assert.throws(() => parseTime(local, NOW), /TZ is ".*", a time zone that this program does not know/);
    assert.equal(parseTime('2026-03-10T18:00:00.000Z', NOW), Date.parse('2026-03-10T18:00:00Z'));
  }
  for (const zone of ['UTC', 'GMT', ':Europe/Sofia', 'EST5EDT', '']) {
    process.env['TZ'] = zone;
    assert.ok(parseTime('2026-03-10', NOW) > 0);
  }
});

test('a zone that is given by its file is used', (t) => {
  t.after(() => {
    process.env['TZ'] = 'Europe/Sofia';
  });
  for (const [path, zone] of [
    [':/usr/share/zoneinfo/Europe/Berlin', 'Europe/Berlin'],
    ['/usr/share/zoneinfo/posix/Asia/Tokyo', 'Asia/Tokyo'],
    ['Europe/Paris', 'Europe/Paris'],
  ]) {
    process.env['TZ'] = path;
    adoptTimeZone();
    assert.equal(process.env['TZ'], zone);
  }
});

// The files of a schedule, as systemd and sh read them.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Cron, cronText } from '../../../lib/setup/schedule/cron.js';
import { quoteArgument, quoteWord } from '../../../lib/setup/schedule/quoting.js';
import type { Schedule } from '../../../lib/setup/schedule/schedule.js';
import { scheduleName } from '../../../lib/setup/schedule/schedule.js';
import { planInUnits, unitsOf } from '../../../lib/setup/schedule/systemd-units.js';
import { weaknessOf } from '../../../lib/setup/schedule/weak-program.js';

const folder = mkdtempSync(join(tmpdir(), 'schedule-'));
after(() => rmSync(folder, { recursive: true }));

const ODD_NAMES = [
  'plain',
  'two words',
  '100%n',
  '"quoted"',
  "it's",
  '$HOME ${HOME}',
  'back\\slash\\',
  '-dash',
  'ü;#',
];

/** A program that prints each of its arguments in a line, and a variable. */
const program = join(folder, 'a program');
writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$@" "$XDG_STATE_HOME"\n');
chmodSync(program, 0o755);

function scheduleOf(name: string): Schedule {
  const configFile = join(folder, name);
  return {
    name: scheduleName(configFile),
    configFile,
    when: 'daily',
    command: [program, 'sync', '--', configFile],
    environment: [
      ['PATH', '/usr/bin:/bin'],
      ['XDG_STATE_HOME', configFile],
    ],
    confinement: { readOnly: 'all', writable: ['/root', configFile], hasPrivateTmp: true },
  };
}

test('the files of a schedule show its command and its time', () => {
  for (const name of ODD_NAMES)
    for (const [when, flags] of [
      ['daily', []],
      ['hourly', ['--hourly']],
      ['3:30', ['--at', '3:30']],
    ] as const) {
      const schedule = { ...scheduleOf(name), when };
      const { command } = schedule;
      const units = unitsOf(schedule, true).map(({ text }) => text);
      assert.deepEqual(planInUnits(units.join('\n')), { command, flags });
      assert.deepEqual(new Cron().readPlan(cronText(schedule)), { command, flags: ['--cron'] });
    }
  assert.deepEqual(planInUnits('').command, []);
});

test('a program is named if root does not own it, or a folder or link on its path', () => {
  const part = { path: '/opt', uid: 0, mode: 0o40755, isLink: false };
  const program = { path: '/opt/node', uid: 0, mode: 0o100755, isLink: false };
  assert.equal(weaknessOf('/opt/node', [part, program]), undefined);
  assert.match(
    weaknessOf('/opt/node', [{ ...part, uid: 7 }, program])?.text ?? '',
    /^Root runs "\/opt\/node", and "\/opt" belongs to another user \(uid 7\)/,
  );
  const writable = weaknessOf('/opt/node', [part, { ...program, mode: 0o101775 }]);
  assert.match(writable?.text ?? '', /"\/opt\/node" can be written to by others \(mode 1775\)/);
  assert.equal(writable?.remedy, 'chmod go-w /opt/node');
});

test('words are quoted as systemd reads them', () => {
  assert.equal(quoteWord('/a/b-c_d.e:f@g'), '/a/b-c_d.e:f@g');
  assert.equal(quoteWord('-/a b/100%'), '"-/a b/100%%"');
  assert.equal(quoteWord('"\\'), '"\\"\\\\"');
  assert.equal(quoteArgument('$HOME'), '"$$HOME"');
});

test('each config has a name of its own, which run-parts accepts', () => {
  const names = [...ODD_NAMES, 's3-backup.config', '.config', 'x'.repeat(200)].map((it) => `/root/${it}`);
  const schedules = names.map(scheduleName);
  assert.equal(new Set(schedules).size, names.length);
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  for (const name of schedules) writeFileSync(join(programs, name), '#!/bin/sh\n', { mode: 0o755 });
  const run = execFileSync('run-parts', ['--test', programs], { encoding: 'utf8' });
  assert.deepEqual(run.trim().split('\n').sort(), schedules.map((it) => join(programs, it)).sort());
  assert.notEqual(scheduleName('/a/backup.config'), scheduleName('/b/backup.config'));
  assert.match(scheduleName('/root/s3-backup.config'), /^encrypted-s3-s3-backup-[0-9a-f]{8}$/);
});

for (const isSystem of [true, false]) {
  test(`systemd finds nothing wrong with the units of ${isSystem ? 'the system' : 'a user'}`, () => {
    const units = ODD_NAMES.flatMap((name) => unitsOf(scheduleOf(name), isSystem));
    const place = mkdtempSync(join(folder, 'units-'));
    for (const { name, text } of units) writeFileSync(join(place, name), text);
    const files = units.map(({ name }) => join(place, name));
    const options = ['verify', '--man=false', ...(isSystem ? [] : ['--user'])];
    const complaints = (about: readonly string[]) => {
      const env = { ...process.env, XDG_RUNTIME_DIR: folder };
      const { stderr } = spawnSync('systemd-analyze', [...options, ...about], { encoding: 'utf8', env });
      return stderr.split('\n').filter((line) => line.includes('encrypted-s3-'));
    };
    assert.deepEqual(complaints(files), []);
    writeFileSync(files[0] ?? '', (units[0]?.text ?? '').replace('Nice=10', 'Nice=much'));
    assert.match(complaints(files.slice(0, 3)).join(), /much/, 'a slip is found');
  });
}

test('the file for cron starts the run with its variables, in the bare environment of cron', () => {
  for (const name of ODD_NAMES) {
    const schedule = scheduleOf(name);
    const file = join(folder, schedule.name);
    writeFileSync(file, cronText(schedule), { mode: 0o755 });
    const output = execFileSync('env', ['-i', 'PATH=/usr/bin:/bin', file], { encoding: 'utf8' });
    assert.equal(output, `sync\n--\n${schedule.configFile}\n${schedule.configFile}\n`);
  }
});

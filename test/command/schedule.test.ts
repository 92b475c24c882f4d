// `encrypted-s3 schedule`, with a fake systemctl.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Finding } from '../../lib/health/doctor/finding.js';
import { canMount, canSchedule, isRoot, ScheduleWorld } from './schedule-world.js';

const SKIP = { skip: !canSchedule && "root's files can't be replaced here" };
const ROOT_ONLY = { skip: !(isRoot && canMount) && 'only root has files for cron' };

test('schedule writes a timer, enables it, and runs the service once', SKIP, async (t) => {
  const world = new ScheduleWorld(t);
  const { code, stdout, stderr } = await world.schedule(world.configFile);
  assert.equal(code, 0, stderr);
  const [failed = '', service = '', timer = ''] = world.units().keys();
  assert.match(timer, /^encrypted-s3-backup-[0-9a-f]{8}\.timer$/);
  assert.deepEqual(world.systemctlCalls(), [
    'daemon-reload',
    `enable ${timer}`,
    `restart ${timer}`,
    `--quiet start ${service}`,
  ]);
  assert.match(failed, /-failed\.service$/);
  for (const name of world.units().keys()) assert.equal(statSync(world.unitFile(name)).mode & 0o777, 0o644);
  assert.match(
    world.units().get(service) ?? '',
    new RegExp(`^ExecStart=/.* sync -- ${world.configFile}$`, 'm'),
  );
  assert.match(world.units().get(timer) ?? '', /^OnCalendar=daily$/m);
  assert.match(stdout, /Wrote .*\.timer:\n\n {2}# Written by encrypted-s3/);
  assert.match(stdout, /Next run: 2099-.*\n/);
  assert.match(stdout, /The run ended well after \d+ s\.\n$/);
  // A run that ends well may warn.
  assert.equal(stderr, 'what the run said\n');
});

test(
  '--time sets the time of the schedule, and a later call replaces an earlier schedule',
  SKIP,
  async (t) => {
    const world = new ScheduleWorld(t);
    const calendar = () => [...world.units().values()].join('').match(/OnCalendar=.*/)?.[0];
    assert.equal((await world.schedule('--hourly', world.configFile)).code, 0);
    assert.equal(calendar(), 'OnCalendar=hourly');
    assert.equal((await world.schedule('--at', '3:30', '--config', world.configFile)).code, 0);
    assert.equal(calendar(), 'OnCalendar=*-*-* 3:30:00');
    assert.equal(world.units().size, 3);
    for (const [flags, message] of [
      [['--at', '24:00'], /Examples: 03:30/],
      [['--hourly', '--daily'], /cannot be used with/],
      [['--remove', '--show'], /cannot be used with/],
    ] as const) {
      const { code, stderr } = await world.schedule(...flags, world.configFile);
      assert.equal(code, 1);
      assert.match(stderr, message);
    }
  },
);

test(
  'a run that fails gives schedule its exit code and its messages, and the schedule stays',
  SKIP,
  async (t) => {
    const world = new ScheduleWorld(t);
    world.runEndsWith(4);
    const { code, stderr } = await world.schedule(world.configFile);
    assert.equal(code, 4);
    assert.match(stderr, /^what the run said\nERROR: The run ended with exit code 4 after /);
    assert.equal(world.units().size, 3);
    world.runEndsWith(0, 'ConditionResult=no\n');
    const onBattery = await world.schedule(world.configFile);
    assert.equal(onBattery.code, 1);
    assert.match(onBattery.stderr, /this machine is on battery/);
  },
);

test(
  '--show prints the last exit code and the next run, and --remove deletes what was written',
  SKIP,
  async (t) => {
    const world = new ScheduleWorld(t);
    const nothing = await world.schedule('--show', world.configFile);
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /has no schedule/);
    writeFileSync(world.unitFile('another.timer'), '[Timer]\n');
    world.runEndsWith(3);
    assert.equal((await world.schedule(world.configFile)).code, 3);
    world.systemctlCalls();
    const shown = await world.schedule('--show', world.configFile);
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /Next run: 2099-.*\nLast run: 2026-.*\nIts exit code: 3\n/);
    assert.deepEqual(world.systemctlCalls(), []);
    assert.equal((await world.schedule('--remove', world.configFile)).code, 0);
    assert.match(
      world.systemctlCalls().join(),
      /^disable --now .*\.timer,daemon-reload,reset-failed .*\.service$/,
    );
    assert.deepEqual([...world.units().keys()], ['another.timer']);
    assert.equal((await world.schedule('--remove', world.configFile)).code, 1);
  },
);

test(
  'doctor reports a program of the schedule that is missing, and says how to schedule again',
  SKIP,
  async (t) => {
    const world = new ScheduleWorld(t);
    assert.equal((await world.schedule('--at', '3:30', world.configFile)).code, 0);
    const found = async () => {
      const { stdout } = await world.doctor();
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      return findings.find(({ check }) => check === 'schedule');
    };
    assert.match((await found())?.text ?? '', /^systemd: last run/);
    const [, service = '', timer = ''] = world.units().keys();
    const text = world.units().get(service) ?? '';
    writeFileSync(world.unitFile(service), text.replace(/^ExecStart=\S+/m, 'ExecStart=/opt/gone/node'));
    const gone = await found();
    assert.equal(gone?.state, 'failed');
    assert.equal(gone?.text, 'that of systemd lacks "/opt/gone/node"');
    assert.equal(gone?.remedy, `encrypted-s3 schedule --at 3:30 ${world.configFile}`);
    writeFileSync(world.unitFile(service), text);
    rmSync(world.unitFile(timer));
    assert.match((await found())?.text ?? '', /lacks ".*\.timer"/);
  },
);

test('root is warned of programs that others can replace', ROOT_ONLY, async (t) => {
  const world = new ScheduleWorld(t);
  chmodSync(world.path.split(':')[0] ?? '', 0o777);
  const { code, stderr } = await world.schedule(world.configFile);
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /WARNING: Root runs ".*\/aws", and ".*" can be written to by others \(mode 0777\): .*: chmod go-w /,
  );
  assert.match((await world.doctor()).stdout, /Root runs/);
});

test('a file that this command has not written is neither replaced nor removed', SKIP, async (t) => {
  const world = new ScheduleWorld(t);
  assert.equal((await world.schedule(world.configFile)).code, 0);
  const [, service = ''] = world.units().keys();
  writeFileSync(world.unitFile(service), '[Service]\nExecStart=/bin/true\n');
  for (const flags of [[], ['--remove'], ['--show']]) {
    const { code, stderr } = await world.schedule(...flags, world.configFile);
    assert.equal(code, 1);
    assert.match(stderr, /was not written by this command, and is not changed/);
  }
  assert.equal(world.units().get(service), '[Service]\nExecStart=/bin/true\n');
  assert.equal(world.units().size, 3);
});

test('a unit that is masked stays masked', SKIP, async (t) => {
  const world = new ScheduleWorld(t);
  assert.equal((await world.schedule(world.configFile)).code, 0);
  const names = [...world.units().keys()];
  assert.equal((await world.schedule('--remove', world.configFile)).code, 0);
  symlinkSync('/dev/null', world.unitFile(names[2] ?? ''));
  const { code, stderr } = await world.schedule(world.configFile);
  assert.equal(code, 1);
  assert.match(stderr, /was not written by this command/);
});

test('a systemd that does not answer, or refuses, is reported with its reason', SKIP, async (t) => {
  const world = new ScheduleWorld(t);
  const refused = await world.scheduleWith('echo "Access denied" >&2; exit 1');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /ERROR: systemctl .*daemon-reload has failed: Access denied\./);
  world.fake('systemctl', 'echo "Failed to connect to bus: Host is down" >&2; exit 1');
  const { code, stderr } = await new ScheduleWorld(t).schedule('/nowhere/config');
  assert.equal(code, 1);
  assert.match(stderr, /config file does not exist/);
  const down = await world.schedule(world.configFile);
  assert.equal(down.code, 1);
  assert.match(down.stderr, /systemd does not answer: Failed to connect to bus: Host is down\.\nHINT: /);
});

test('--cron writes a file for cron.daily, runs it, and removes the timer', ROOT_ONLY, async (t) => {
  const world = new ScheduleWorld(t);
  assert.equal((await world.schedule(world.configFile)).code, 0);
  assert.equal((await world.schedule('--quiet', '--daily', world.configFile)).stdout, '');
  const { code, stderr, stdout } = await world.schedule('--cron', world.configFile);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Removed .*\.timer\.\n[\s\S]*The run ended well/);
  assert.deepEqual(world.stored(), ['a']);
  assert.equal(world.units().size, 0);
  const parts = spawnSync('run-parts', ['--test', world.cronFolder], { encoding: 'utf8' });
  assert.match(parts.stdout, /cron\.daily\/encrypted-s3-backup-[0-9a-f]{8}\n$/);
  const shown = await world.schedule('--show', world.configFile);
  assert.match(shown.stdout, /cron runs it once a day/);
  assert.equal((await world.schedule('--remove', world.configFile)).code, 0);
  assert.deepEqual(readdirSync(world.cronFolder), []);
});

test('a relative path in the config leads to the same place in a scheduled run', SKIP, async (t) => {
  const world = new ScheduleWorld(t);
  world.config({ LOCAL_LIST: 'var/lists/backup' });
  assert.equal((await world.schedule(world.configFile)).code, 0);
  const units = [...world.units().values()].join('');
  assert.match(units, /^WorkingDirectory=\/$/m);
  if (isRoot) assert.match(units, /^ReadWritePaths=-\/var\/lists$/m);
});

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { callsBeforeUpload, goodRun, listing, recordStored, verification } from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';

/** The calls of a run whose listing after the upload takes long. */
const slowRun = (delay: number) => [
  ...callsBeforeUpload('a'),
  { ...listing({ a: 'a' }), delay },
  recordStored,
  ...verification('a'),
];

function isFree(box: Sandbox): boolean {
  return spawnSync('flock', ['-n', box.lock, 'true']).status === 0;
}

async function untilSlowCall(box: Sandbox): Promise<void> {
  const listings = () => box.callsSoFar().filter(({ argv }) => argv.includes('--prefix=pc/docs/'));
  while (listings().length < 2) await sleep(20);
}

function sandbox(t: import('node:test').TestContext): Sandbox {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.config();
  return box;
}

test('a run ends with exit code 75 and touches nothing while a bash script holds the lock of the original', async (t) => {
  const box = sandbox(t);
  const script = spawn('bash', ['-c', 'exec {fd}>"$0"; flock -n "$fd" && echo locked; read', box.lock], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(script.stdout, 'data');
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.configFile]);
  assert.equal(code, 75);
  assert.match(stderr, /^encrypted-s3-sync\[\d+\]: ERROR: flock\(\) failed\. Another run holds the lock/);
  assert.match(stderr, new RegExp(`: PID ${script.pid} \\(bash\\), running since \\d{4}-\\d\\d-\\d\\d `));
  assert.match(stderr, new RegExp(`HINT: .*--wait SECONDS.*kill ${script.pid}\n$`));
  box.calls();
  script.stdin.end();
});

test('a bash script gets the lock only after the run', async (t) => {
  const box = sandbox(t);
  box.expect(slowRun(700));
  const run = box.run('encrypted-s3-sync', [box.configFile]);
  await untilSlowCall(box);
  assert.equal(isFree(box), false);
  assert.equal((await run).code, 0);
  assert.equal(isFree(box), true);
  assert.equal(existsSync(`${box.lock}.lock`), false);
});

test('the run that holds the lock is named by its program, without its arguments', async (t) => {
  const box = sandbox(t);
  box.expect(slowRun(4000));
  const started = Date.now();
  let pid: number | undefined;
  const run = box.run('encrypted-s3-sync', [box.configFile], { onStart: (child) => (pid = child.pid) });
  await untilSlowCall(box);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.configFile]);
  assert.equal(code, 75);
  const [, holder, since = ''] =
    /: PID (\d+) \(encrypted-s3-sync\.c?js\), running since (.*)\.\n/.exec(stderr) ?? [];
  assert.equal(holder, `${pid}`, stderr);
  assert.ok(Math.abs(Date.parse(since) - started) < 5000, since);
  assert.equal((await run).code, 0);
});

test('--wait waits for the other run to end', async (t) => {
  const box = sandbox(t);
  box.expect(goodRun('a'));
  const holder = spawn('flock', [box.lock, 'sleep', '1']);
  await once(holder, 'spawn');
  await sleep(200);
  assert.equal((await box.run('encrypted-s3-sync', ['--wait', '20', box.configFile])).code, 0);
  box.calls();
});

test('of ten runs started at once, one works and nine exit with 75', async (t) => {
  const box = sandbox(t);
  box.expect(slowRun(5000));
  const runs = Array.from({ length: 10 }, () => box.run('encrypted-s3-sync', [box.configFile]));
  const codes = (await Promise.all(runs)).map((outcome) => outcome.code);
  assert.deepEqual(
    codes.sort((a, b) => Number(a) - Number(b)),
    [0, 75, 75, 75, 75, 75, 75, 75, 75, 75],
  );
  box.calls();
});

test('an aws that outlives a kill -9 keeps the lock, and after it the next run starts within 15 s', async (t) => {
  const box = sandbox(t);
  box.expect(slowRun(2500));
  let kill = () => {};
  const run = box.run('encrypted-s3-sync', [box.configFile], {
    onStart: (child) => {
      kill = () => process.kill(child.pid ?? 0, 'SIGKILL');
    },
  });
  await untilSlowCall(box);
  kill();
  await sleep(300);
  assert.equal(isFree(box), false, 'aws is still running');
  assert.equal((await box.run('encrypted-s3-sync', [box.configFile])).code, 75);
  await run;
  while (!isFree(box)) await sleep(50);

  box.expect(goodRun('a'));
  const start = Date.now();
  assert.equal((await box.run('encrypted-s3-sync', [box.configFile])).code, 0);
  assert.ok(Date.now() - start < 15_000, `${Date.now() - start} ms`);
  box.calls();
});

test('a lock folder that goes stale, as while a machine is suspended, does not make the run fail', async (t) => {
  const box = sandbox(t);
  box.expect(slowRun(6000));
  const run = box.run('encrypted-s3-sync', [box.configFile]);
  await untilSlowCall(box);
  rmSync(`${box.lock}.lock`, { recursive: true });
  const { code, stderr } = await run;
  assert.deepEqual([code, stderr], [0, '']);
  assert.ok(box.syslog().some((line) => /lock folder was not kept fresh/.test(line)));
});

test('a lock folder of a killed run that seems to be of tomorrow, after a change of the clock, is taken over', async (t) => {
  const box = sandbox(t);
  mkdirSync(`${box.lock}.lock`);
  const tomorrow = Date.now() / 1000 + 86_400;
  utimesSync(`${box.lock}.lock`, tomorrow, tomorrow);
  box.expect(goodRun('a'));
  const start = Date.now();
  assert.equal((await box.run('encrypted-s3-sync', [box.configFile])).code, 0);
  assert.ok(Date.now() - start < 15_000);
});

test('a flock that fails does not pass for a lock that is held, and a FIFO is not waited for', async (t) => {
  const box = sandbox(t);
  spawnSync('mkfifo', [join(box.folder, 'fifo')]);
  const fifo = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LOCK: join(box.folder, 'fifo') })]);
  assert.equal(fifo.code, 1);
  assert.match(fifo.stderr, /lock file .*: ENXIO/);
  box.fake('flock', 'echo "flock: 3: No locks available" >&2; exit 71');
  const broken = await box.run('encrypted-s3-sync', [box.config()]);
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /"flock" failed with exit code 71: flock: 3: No locks available/);
  box.calls();
});

test('a flock that hangs is waited for neither past the deadline nor past a signal', async (t) => {
  const box = sandbox(t);
  box.fake('flock', `echo started >> "${box.folder}/flock-started"; exec sleep 600`);
  const started = Date.now();
  const late = box.run('encrypted-s3-sync', [box.configFile]);
  let interrupt = () => {};
  const interrupted = box.run('encrypted-s3-sync', ['--wait', '600', box.configFile], {
    onStart: (child) => {
      interrupt = () => child.kill('SIGTERM');
    },
  });
  const starts = () => readFileSync(join(box.folder, 'flock-started'), 'utf8').split('\n').length - 1;
  while (!existsSync(join(box.folder, 'flock-started')) || starts() < 2) await sleep(20);
  interrupt();
  assert.equal((await interrupted).code, 143);
  const { code, stderr } = await late;
  assert.equal(code, 1);
  assert.match(stderr, /"flock" has not answered for 10 s about the lock ".*\n.*HINT: Its file system hangs/);
  assert.ok(Date.now() - started < 60_000);
  box.calls();
});

test('a lock file in a folder that takes no lock folder is enough', async (t) => {
  const box = sandbox(t);
  box.expect(goodRun('a'));
  const folder = join(box.folder, 'locks');
  mkdirSync(folder);
  writeFileSync(join(folder, 'lock'), '');
  writeFileSync(join(folder, 'lock.lock'), 'in the way of the folder');
  chmodSync(folder, 0o555);
  const { code } = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LOCK: join(folder, 'lock') })]);
  chmodSync(folder, 0o755);
  assert.equal(code, 0);
});

test('a lock file that cannot be made is reported', async (t) => {
  const box = sandbox(t);
  const lock = join(box.folder, 'nonexistent/lock');
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LOCK: lock })]);
  assert.equal(code, 1);
  assert.ok(stderr.includes(`ERROR: Can't open the lock file "${lock}": no such file or folder`), stderr);
});

test('root uses a lock file of another user in a sticky folder, whatever fs.protected_regular says', async (t) => {
  if (process.geteuid?.() !== 0) return;
  const box = sandbox(t);
  const folder = join(box.folder, 'sticky');
  mkdirSync(folder);
  chmodSync(folder, 0o1777);
  const lock = join(folder, 'lock');
  writeFileSync(lock, '');
  chownSync(lock, 12345, 12345);
  box.expect(goodRun('a'));
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config({ LOCAL_LOCK: lock })]);
  assert.deepEqual([code, stderr], [0, '']);
});

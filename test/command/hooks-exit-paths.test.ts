// However a run ends, its hooks ping a server with the exit code, and ping again after an error of the server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, RECORD } from './bucket-world.js';

/** Makes the run's process throw an uncaught error when it gets SIGUSR2. */
const CRASHING = "process.on('SIGUSR2', () => setImmediate(() => { throw new Error('out of the blue'); }));";

const FIRST_UPLOAD = '*" s3 sync "*';

const UNREACHABLE = 'echo "Could not connect to the endpoint URL" >&2; exit 255';

interface Pinged {
  readonly code: number | null;
  readonly stderr: string;
  /** The path and body of each request. */
  readonly requests: readonly (readonly [string, string])[];
}

/** Calls `prepare`, and runs a backup whose hooks are pings to a slow server that fails the first request. */
async function runAndListen(t: TestContext, prepare: (world: BucketWorld) => void): Promise<Pinged> {
  const requests: [string, string][] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    requests.push([request.url ?? '', body]);
    const isFirst = requests.filter(([url]) => url === request.url).length === 1;
    setTimeout(() => response.writeHead(isFirst ? 500 : 200).end(), 100);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  const events = { ON_START: 'start', ON_SUCCESS: '0', ON_WARNING: '$code', ON_FAILURE: '$code' };
  const hooks = Object.fromEntries(
    Object.entries(events).map(([name, path]) => [name, `${address}/${path}`]),
  );
  world.config(hooks);
  prepare(world);
  const crashing = join(world.folder, 'crashing.cjs');
  writeFileSync(crashing, CRASHING);
  const { code, stderr } = await world.sync([], { NODE_OPTIONS: `--require=${crashing}` });
  assert.ok(!JSON.stringify(requests).includes(KEY), 'the server got the encryption key');
  return { code, stderr, requests };
}

/** Causes of a failed run, with the exit code and the reason that the ping gives. */
const ENDS: readonly [string, number, (world: BucketWorld) => void, RegExp][] = [
  ['a network error', 1, (world) => world.onCall('*', UNREACHABLE), /Could not connect/],
  ['another encryption key', 5, (world) => world.put(RECORD, 'x', OTHER_KEY), /another key/],
  ['a refusal by the guard', 4, (world) => appendConfig(world, "LOCAL_DIR='/nowhere'"), /does not exist/],
  ['a signal', 143, (world) => world.onCall(FIRST_UPLOAD, 'kill -TERM $PPID; sleep 1'), /SIGTERM/],
  ['a crash', 1, (world) => world.onCall(FIRST_UPLOAD, 'kill -USR2 $PPID; sleep 1'), /out of the blue/],
  ['a wrong setting', 1, (world) => appendConfig(world, "AWS_RETENTION_DAYS='many'"), /RETENTION_DAYS/],
  ['an open quote', 1, (world) => appendConfig(world, "LOCAL_DIR='/home"), /quote/],
  ['a command that fails', 1, (world) => appendConfig(world, 'X=$(false)\nfalse'), /last command/],
];

for (const [end, exit, prepare, reason] of ENDS) {
  test(`ON_FAILURE reports ${end}, with exit code ${exit}, and is tried again`, async (t) => {
    const { code, stderr, requests } = await runAndListen(t, prepare);
    assert.equal(code, exit, stderr);
    const [last, before] = requests.toReversed();
    assert.deepEqual([last?.[0], before?.[0]], [`/${exit}`, `/${exit}`]);
    assert.match(last?.[1] ?? '', reason);
  });
}

test('ON_FAILURE reports a held lock, with exit code 75', async (t) => {
  const { code, requests } = await runAndListen(t, (world) => {
    world.onCall();
    world.fake('flock', 'exit 1');
  });
  assert.equal(code, 75);
  assert.deepEqual(requests.at(-1)?.[0], '/75');
});

test('METRICS_FILE reports a run that has failed, and keeps what the last complete one has written', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  const file = join(world.folder, 'backup.prom');
  world.config({ METRICS_FILE: file });
  assert.equal((await world.sync()).code, 0);
  const attempt = /^encrypted_s3_backup_last_attempt_exit_code\{.*\} (\d+)$/m;
  const complete = /^encrypted_s3_backup_last_complete_run_timestamp_seconds\{.*\} .*$/m;
  const before = readFileSync(file, 'utf8');
  assert.equal(attempt.exec(before)?.[1], '0');
  world.config({ METRICS_FILE: file, LOCAL_DIR: '/nowhere' });
  assert.equal((await world.sync()).code, 4);
  const after = readFileSync(file, 'utf8');
  assert.equal(attempt.exec(after)?.[1], '4');
  assert.equal(complete.exec(after)?.[0], complete.exec(before)?.[0]);
  assert.equal(after.match(/^# HELP/gm)?.length, before.match(/^# HELP/gm)?.length);
});

test('ON_FAILURE of a config that others can write, and that bash therefore does not run, is not run', async (t) => {
  const world = new BucketWorld(t);
  const mark = join(world.folder, 'mark');
  world.config({ ON_FAILURE: `touch ${mark}` });
  appendConfig(world, 'X=$(hostname)');
  chmodSync(world.configFile, 0o666);
  const { code, stderr } = await world.sync();
  assert.equal(code, 1);
  assert.match(stderr, /bash does not run this file/);
  assert.ok(!existsSync(mark));
});

function appendConfig(world: BucketWorld, line: string): void {
  writeFileSync(world.configFile, `${readFileSync(world.configFile, 'utf8')}${line}\n`);
}

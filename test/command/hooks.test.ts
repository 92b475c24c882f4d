// ON_START, ON_SUCCESS, ON_WARNING and ON_FAILURE, by the end of the run.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, OTHER_KEY, RECORD, UPLOAD } from './bucket-world.js';

/** A world whose hooks note the event, exit code and reason that they get. */
class HookWorld extends BucketWorld {
  readonly #noted = join(this.folder, 'noted');

  constructor(t: TestContext) {
    super(t);
    this.makeBucket();
    this.write('a', 'content');
    this.configHooks();
  }

  configHooks(settings: Record<string, string> = {}): void {
    const note = `env | grep -a "^BACKUP_\\|KEY" | sort >> "${this.#noted}"; echo end >> "${this.#noted}"`;
    const hook = join(this.folder, 'hook');
    writeFileSync(hook, `#!/bin/sh\n${note}\n`);
    chmodSync(hook, 0o755);
    const all = { ON_START: hook, ON_SUCCESS: hook, ON_WARNING: hook, ON_FAILURE: hook };
    this.config({ ...all, ...settings });
  }

  /** The notes of all hooks that were called. */
  noted(): string[][] {
    const text = existsSync(this.#noted) ? readFileSync(this.#noted, 'utf8') : '';
    writeFileSync(this.#noted, '');
    assert.ok(!text.includes(KEY), 'a hook got the encryption key');
    return text
      .split('end\n')
      .slice(0, -1)
      .map((call) =>
        ['EVENT', 'EXIT_CODE', 'REASON'].map(
          (name) => new RegExp(`BACKUP_${name}=(.*)`).exec(call)?.[1] ?? '',
        ),
      );
  }
}

const START = ['start', '', ''];

test('a run that ends well calls ON_START and ON_SUCCESS, without the encryption key', async (t) => {
  const world = new HookWorld(t);
  assert.equal((await world.sync([], { ENCRYPTION_KEY: KEY })).code, 0);
  assert.deepEqual(world.noted(), [START, ['success', '0', '']]);
});

test('a run that leaves something undone calls ON_WARNING', async (t) => {
  const world = new HookWorld(t);
  world.write('secret', 'x');
  chmodSync(join(world.source, 'secret'), 0);
  assert.equal((await world.sync()).code, 3);
  assert.deepEqual(world.noted(), [
    START,
    ['warning', '3', 'The run has left something undone: 1 not in the backup.'],
  ]);
});

test('every way to fail calls ON_FAILURE with the exit code and the reason', async (t) => {
  const world = new HookWorld(t);
  assert.equal((await world.sync()).code, 0);
  world.noted();
  world.put(RECORD, 'x', OTHER_KEY);
  assert.equal((await world.sync()).code, 5);
  const [, [event, exit, reason] = []] = world.noted();
  assert.deepEqual([event, exit], ['failure', '5']);
  assert.match(reason ?? '', /another key/);
  world.configHooks({ LOCAL_DIR: '/nowhere' });
  assert.equal((await world.sync()).code, 4);
  assert.deepEqual(world.noted()[1]?.slice(0, 2), ['failure', '4']);
  world.configHooks({ AWS_RETENTION_DAYS: 'many' });
  assert.equal((await world.sync()).code, 1);
  assert.deepEqual(world.noted()[0]?.slice(0, 2), ['failure', '1']);
});

test('a signal calls ON_FAILURE too', async (t) => {
  const world = new HookWorld(t);
  assert.equal((await world.sync()).code, 0);
  world.noted();
  world.write('new', 'x');
  world.onCall(UPLOAD, 'kill -TERM $PPID; sleep 1');
  const { code } = await world.sync();
  assert.equal(code, 143);
  assert.deepEqual(world.noted()[1]?.slice(0, 2), ['failure', '143']);
});

test('a hook that fails is reported and changes no exit code', async (t) => {
  const world = new HookWorld(t);
  world.configHooks({ ON_SUCCESS: 'exit 7', ON_START: 'no-such-command-here' });
  const { code, stderr } = await world.sync();
  assert.equal(code, 0);
  assert.match(stderr, /WARNING: ON_START has failed: the command ended with exit code 127\./);
  assert.match(stderr, /WARNING: ON_SUCCESS has failed: the command ended with exit code 7\./);
});

test('an address is pinged with the exit code and the summary, and tried again', async (t) => {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    requests.push(`${request.method} ${request.url} ${body}`);
    response.writeHead(requests.length === 1 ? 503 : 200).end('OK');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/uuid`;
  const world = new HookWorld(t);
  world.configHooks({ ON_START: `${address}/start`, ON_SUCCESS: `${address}/$code` });
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.deepEqual(requests.slice(0, 2), ['POST /uuid/start ', 'POST /uuid/start ']);
  assert.match(requests[2] ?? '', /^POST \/uuid\/0 Done in .* 1 sent \(7 bytes\), /);
});

test('plain http to another machine is refused as a hook, and an address that does not answer is not quoted', async (t) => {
  const world = new HookWorld(t);
  world.configHooks({ ON_SUCCESS: 'http://example.com/secret' });
  const refused = await world.sync();
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /ON_SUCCESS must be a command or an https:\/\/ address/);
  assert.ok(!refused.stderr.includes('secret'));
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  world.configHooks({ ON_SUCCESS: `https://127.0.0.1:${port}/secret` });
  const unreachable = await world.sync();
  assert.equal(unreachable.code, 0);
  assert.match(unreachable.stderr, /WARNING: ON_SUCCESS has failed: no connection \(ECONNREFUSED\)\./);
  assert.ok(!unreachable.stderr.includes('secret'));
});

test('commands of a config that others can write are not run, however the run ends', async (t) => {
  const world = new HookWorld(t);
  for (const more of [{}, { LOCAL_DIR: '/nowhere' }, { AWS_RETENTION_DAYS: 'many' }]) {
    world.configHooks(more);
    chmodSync(world.configFile, 0o622);
    const { code, stderr } = await world.sync();
    assert.equal(code, 1);
    assert.deepEqual(world.noted(), []);
    if ('AWS_RETENTION_DAYS' in more) continue;
    assert.match(
      stderr,
      /No command of this file is run \(ON_START, ON_SUCCESS, ON_WARNING, ON_FAILURE\): others than its owner can write it \(mode 0622\)\.\n.*HINT: .*chmod go-w .*, or replace each command with an https:\/\/ address/,
    );
  }
  world.configHooks({ ON_START: '', ON_SUCCESS: '', ON_WARNING: '', ON_FAILURE: 'https://127.0.0.1:1/x' });
  chmodSync(world.configFile, 0o622);
  assert.equal((await world.sync()).code, 0);
  world.configHooks({ ON_FAILURE: 'https://127.0.0.1:1/x' });
  chmodSync(world.configFile, 0o622);
  const told = await world.sync();
  assert.match(
    told.stderr,
    /ON_FAILURE has failed: no connection[\s\S]*\(ON_START, ON_SUCCESS, ON_WARNING\)/,
  );
});

test('METRICS_FILE gets the numbers of each run', async (t) => {
  const world = new HookWorld(t);
  const file = join(world.folder, 'backup.prom');
  world.configHooks({ METRICS_FILE: file });
  assert.equal((await world.sync()).code, 0);
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^encrypted_s3_backup_last_run_sent_files\{.*\} 1$/m);
  assert.ok(!text.includes('backup_escrow'));
  world.configHooks({ METRICS_FILE: '/nowhere/backup.prom' });
  const { code, stderr } = await world.sync();
  assert.equal(code, 0);
  assert.match(stderr, /WARNING: Can't write the metrics file "\/nowhere\/backup\.prom"/);
});

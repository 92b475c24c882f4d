import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { escrowFound, headBucket, listing, noRecord, syncDone } from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} reaches aws, which is waited for, and the run exits with ${code} and frees the lock`, async (t) => {
    const box = new Sandbox(t);
    box.write('a', 'a');
    box.expect([escrowFound, noRecord, listing({}), { ...syncDone, delay: 20_000, onSignal: 1 }]);
    let kill = () => {};
    const run = box.run('encrypted-s3-sync', [box.config()], {
      onStart: (child) => {
        kill = () => child.kill(signal);
      },
    });
    while (!box.callsSoFar().some((call) => call.argv.includes('sync'))) await sleep(20);
    await sleep(200);
    const sent = Date.now();
    kill();
    const outcome = await run;
    assert.equal(outcome.code, code);
    assert.equal(outcome.stderr, '');
    assert.ok(Date.now() - sent >= 290, 'aws takes 0.3 s to end');
    assert.deepEqual(box.signals(), [signal]);
    assert.equal(spawnSync('flock', ['-n', box.lock, 'true']).status, 0);
    box.calls();
  });
}

test('an input that stays open does not delay the end', async (t) => {
  const box = new Sandbox(t);
  const notThere = {
    args: ['s3', 'cp'],
    exitCode: 1,
    stderr: 'An error occurred (404) when calling the HeadObject operation: x',
  };
  box.expect([notThere, headBucket]);
  const outcome = await box.run('encrypted-s3-download-key', ['default', 'eu-central-1', 'b'], {
    keepInput: true,
    onStart: (child) => child.stdin?.write('an easy key\n'),
  });
  assert.equal(outcome.code, 1);
  box.calls();
});

test('a signal ends a command that waits for an answer', async (t) => {
  const box = new Sandbox(t);
  const run = box.run('encrypted-s3-download-key', ['default', 'eu-central-1', 'b'], {
    keepInput: true,
    onStart: (child) => child.stderr?.once('data', () => child.kill('SIGTERM')),
  });
  assert.equal((await run).code, 143);
  box.calls();
});

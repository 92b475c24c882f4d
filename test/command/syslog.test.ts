import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { goodRun } from '../fakes/replies.js';
import { Sandbox } from '../fakes/sandbox.js';

const FAKE = fileURLToPath(new URL('../../../test/fakes/fake-modern-syslog.cjs', import.meta.url));

function through(file: string): { environment: NodeJS.ProcessEnv } {
  return { environment: { NODE_OPTIONS: `--require=${FAKE}`, FAKE_SYSLOG: file } };
}

test('modern-syslog gets messages in order, those of stderr as critical and the others as information', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect(goodRun('a'));
  const file = join(box.folder, 'syslog');
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()], through(file));
  assert.equal(code, 0, stderr);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^14 Starting with config /);
  assert.match(lines.at(-1) ?? '', /^14 Done in \d+ s: /);
  const missing = await box.run('encrypted-s3-sync', [join(box.folder, 'nothing')], through(file));
  assert.equal(missing.code, 1);
  assert.match(readFileSync(file, 'utf8'), /\n10 ERROR: .*\n10 HINT: .*\n$/);
});

test('a syslog that stalls holds up neither the run nor its end', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  // More messages than Node has threads.
  for (let number = 0; number < 9; number += 1) spawnSync('mkfifo', [join(box.source, `${number}`)]);
  const file = join(box.folder, 'syslog');
  spawnSync('mkfifo', [file]);
  box.expect(goodRun('a'));
  const { signal, stderr } = await box.run('encrypted-s3-sync', [box.config()], through(file));
  assert.equal(signal, 'SIGKILL');
  assert.match(
    stderr,
    /^encrypted-s3-sync: syslog does not answer .* with exit code 0\. This process now kills itself\.\n$/,
  );
  assert.equal(spawnSync('flock', ['-n', box.lock, 'true']).status, 0);
  box.calls();
});

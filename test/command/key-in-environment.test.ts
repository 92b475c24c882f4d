// Programs that a command starts do not get the encryption key from the environment.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goodRun } from '../fakes/replies.js';
import { KEY, Sandbox } from '../fakes/sandbox.js';

/** Wraps a program, so that it records its environment and then runs. @returns a function that reads the records */
function recordEnvironment(box: Sandbox, name: string): () => string {
  const file = join(box.folder, `environment-of-${name}`);
  box.fake(name, `env >> '${file}'\nPATH='${process.env['PATH']}' exec ${name} "$@"`);
  return () => readFileSync(file, 'utf8');
}

function assertWithoutKey(environment: string, name: string): void {
  assert.match(environment, /^HOME=/m, `${name} got no environment`);
  assert.equal(environment.includes(KEY), false, `${name} got the key`);
}

for (const [what, line] of [
  ['by itself', ''],
  ['by bash', ': "$(true)"\n'],
] as const) {
  test(`flock, logger and aws do not get the key from the environment if the config is read ${what}`, async (t) => {
    const box = new Sandbox(t);
    const flock = recordEnvironment(box, 'flock');
    const logger = join(box.folder, 'environment-of-logger');
    box.fake('logger', `env >> '${logger}'\nexec cat > /dev/null`);
    box.write('a', 'a');
    box.expect(goodRun('a'));
    writeFileSync(box.config({ ENCRYPTION_KEY: undefined }), line, { flag: 'a' });
    const environment = { ENCRYPTION_KEY: KEY };
    const { code, stderr } = await box.run('encrypted-s3-sync', [box.configFile], { environment });
    assert.equal(code, 0, stderr);
    assertWithoutKey(flock(), 'flock');
    assertWithoutKey(readFileSync(logger, 'utf8'), 'logger');
    // The fake `aws` itself checks the environment of its calls.
    box.calls();
  });
}

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ScanRequest, ScanResult } from './leak-scanner.js';
import type { World } from './world.js';

/** The forms in which a key could appear: plain, and encoded as in a request. */
function formsOf(key: string): string[] {
  const bytes = Buffer.from(key);
  return [key, bytes.toString('base64'), bytes.toString('hex')];
}

/**
 * Asserts that other users can see no key during `work`, and that the scan works: it has to find markers that are
 * planted in each kind of place.
 * @returns the command lines in which a file holds the value of a parameter
 */
export async function assertNoLeak(
  world: World,
  keys: readonly string[],
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const forms = keys.flatMap(formsOf);
  const places = ['command line', 'environment', 'name', 'content', 'memory'] as const;
  const markers = Object.fromEntries(places.map((place) => [place, randomBytes(16).toString('hex')]));
  const request: ScanRequest = {
    secrets: { ...markers, ...Object.fromEntries(forms.map((form, index) => [`secret ${index}`, form])) },
    // All files of the commands, with their temporary folder and the captured syslog.
    folders: [world.folder],
    sharedFolders: [...new Set([tmpdir(), '/tmp', '/var/tmp', '/dev/shm'])],
    // The kernel's timestamps of files lag a few milliseconds.
    start: Date.now() - 100,
    earlier: readdirSync('/proc'),
    allowed: [world.configFile],
    stop: new Int32Array(new SharedArrayBuffer(4)),
  };
  const worker = new Worker(new URL('./leak-scanner.js', import.meta.url), { workerData: request });
  const message = once(worker, 'message') as Promise<[ScanResult]>;
  await once(worker, 'online');

  const inMemory = join('/dev/shm', `test-${markers['name']}`);
  const planted = spawn(
    process.execPath,
    ['-e', 'setTimeout(() => {}, 60_000)', markers['command line'] ?? ''],
    {
      env: { MARKER: markers['environment'] },
    },
  );
  try {
    writeFileSync(join(world.temporary, `marker-${markers['name']}`), markers['content'] ?? '');
    writeFileSync(inMemory, markers['memory'] ?? '');
    await work();
  } finally {
    Atomics.store(request.stop, 0, 1);
    Atomics.notify(request.stop, 0);
    planted.kill('SIGKILL');
    rmSync(inMemory);
  }
  const [{ found, parameterFiles, rounds }] = await message;
  for (const expected of [
    'command line in a command line',
    'environment in an environment',
    `name in the name of a file in ${world.temporary}`,
    `content in ${join(world.temporary, `marker-${markers['name']}`)}`,
    `memory in ${inMemory}`,
  ]) {
    assert.ok(found.includes(expected), `The scan misses ${expected}.`);
  }
  assert.ok(rounds > 20, `${rounds} rounds`);
  assert.deepEqual(
    found.filter((it) => it.startsWith('secret')),
    [],
  );
  return parameterFiles.filter((line) => line.includes(world.bucket));
}

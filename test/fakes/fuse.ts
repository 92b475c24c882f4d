// Mounts the file system of caseless-fs.py.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CASELESS_FS = fileURLToPath(new URL('../../../test/fakes/caseless-fs.py', import.meta.url));

/** The options of caseless-fs.py. */
export type FuseOption =
  | 'ctime-moves'
  | 'no-times'
  | 'no-owners'
  | 'ignores-owners'
  | 'no-types'
  | 'hangs'
  | 'ascii-case';

/**
 * Calls `work` while `folder` is mounted at `at`, a new folder. Skips the test where FUSE does not work; with `CI=true`
 * and a /dev/fuse, it fails instead. With the option `hangs`, a call to the file system fails the test at once.
 */
export async function withFuse(
  t: TestContext,
  folder: string,
  at: string,
  options: readonly FuseOption[],
  work: () => Promise<void>,
): Promise<void> {
  mkdirSync(at);
  const server = spawn('python3', [CASELESS_FS, folder, at, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  server.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const ended = new Promise((resolve) => server.on('error', resolve).on('close', resolve));
  const hung = new Promise<never>((_, reject) => {
    server.stdout.once('data', (call) => reject(new Error(`${at} hangs, and got the call ${call}`)));
  });
  hung.catch(() => undefined);
  const isMounted = () => readFileSync('/proc/self/mounts', 'utf8').includes(` ${at} `);
  while (server.exitCode === null && !isMounted()) await Promise.race([ended, sleep(20)]);
  try {
    if (isMounted()) await Promise.race([work(), hung]);
    else if (process.env['CI'] === 'true' && existsSync('/dev/fuse')) throw new Error(`no FUSE: ${stderr}`);
    else t.skip(`no FUSE: ${stderr.trim().split('\n').at(-1)}`);
  } finally {
    // Killing the server ends all calls that wait for it.
    server.kill('SIGKILL');
    await ended;
    spawnSync('fusermount', ['-uz', at]);
  }
}

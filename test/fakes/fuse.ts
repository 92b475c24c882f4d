// A file system with odd habits; see caseless-fs.py.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CASELESS_FS = fileURLToPath(new URL('../../../test/fakes/caseless-fs.py', import.meta.url));

export type Habit = 'ctime-moves' | 'no-times' | 'no-owners' | 'hangs' | 'ascii-case';

/**
 * Calls `work` while `folder` is shown at `at`, which is made; where there is no FUSE, the test is skipped; with `CI=true`
 * it fails if there is a /dev/fuse. With the habit `hangs`, a call that would wait for an answer fails the test at once.
 */
export async function withFuse(
  t: TestContext,
  folder: string,
  at: string,
  habits: readonly Habit[],
  work: () => Promise<void>,
): Promise<void> {
  mkdirSync(at);
  const server = spawn('python3', [CASELESS_FS, folder, at, ...habits], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  server.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const ended = new Promise((resolve) => server.on('error', resolve).on('close', resolve));
  const hung = new Promise<never>((_, reject) => {
    server.stdout.once('data', (call) => reject(new Error(`${at} hangs, and is asked for ${call}`)));
  });
  hung.catch(() => undefined);
  const isMounted = () => readFileSync('/proc/self/mounts', 'utf8').includes(` ${at} `);
  while (server.exitCode === null && !isMounted()) await Promise.race([ended, sleep(20)]);
  try {
    if (isMounted()) await Promise.race([work(), hung]);
    else if (process.env['CI'] === 'true' && existsSync('/dev/fuse')) throw new Error(`no FUSE: ${stderr}`);
    else t.skip(`no FUSE: ${stderr.trim().split('\n').at(-1)}`);
  } finally {
    // With its server, the file system lets go of those who wait for it.
    server.kill('SIGKILL');
    await ended;
    spawnSync('fusermount', ['-uz', at]);
  }
}

// A file system with odd habits; see caseless-fs.py.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CASELESS_FS = fileURLToPath(new URL('../../../test/fakes/caseless-fs.py', import.meta.url));

/** Calls `work` while `folder` is shown at `at`, which is made; where there is no FUSE, the test is skipped; with `CI=true` it fails if there is a /dev/fuse. */
export async function withFuse(
  t: TestContext,
  folder: string,
  at: string,
  habits: readonly ('ctime-moves' | 'no-times' | 'no-owners')[],
  work: () => Promise<void>,
): Promise<void> {
  mkdirSync(at);
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const server = spawn('python3', [CASELESS_FS, folder, at, ...habits], { stdio: [...stdio] });
  let stderr = '';
  server.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
  const ended = new Promise((resolve) => server.on('error', resolve).on('close', resolve));
  const isMounted = () => readFileSync('/proc/self/mounts', 'utf8').includes(` ${at} `);
  while (server.exitCode === null && !isMounted()) await Promise.race([ended, sleep(20)]);
  try {
    if (isMounted()) await work();
    else if (process.env['CI'] === 'true' && existsSync('/dev/fuse')) throw new Error(`no FUSE: ${stderr}`);
    else t.skip(`no FUSE: ${stderr.trim().split('\n').at(-1)}`);
  } finally {
    spawnSync('fusermount', ['-u', at]);
    await ended;
  }
}

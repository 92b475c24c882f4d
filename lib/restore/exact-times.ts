// Times of modification to the nanosecond, which Node can't set. Python sets many at once, and is there wherever
// the AWS CLI was not installed by Amazon's own installer; else touch(1) sets them one by one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { withoutKey } from '../environment.js';
import type { Bytes } from '../tree/bytes.js';

/** Reads pairs of time and path, each ended by a NUL. */
const PYTHON = `
import os, sys, time
failed = False
rest = b''
while chunk := sys.stdin.buffer.read(65536):
    *words, rest = (rest + chunk).split(b'\\0')
    if len(words) % 2: rest = words.pop() + b'\\0' + rest
    for mtime, path in zip(words[::2], words[1::2]):
        try: os.utime(path, ns=(time.time_ns(), int(mtime[1:].replace(b'.', b''))), follow_symlinks=False)
        except OSError: failed = True
sys.exit(failed)
`;

const SETTERS: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-I', '-S', '-c', PYTHON],
  ['xargs', '-0', '-r', '-n', '2', 'touch', '--no-create', '--no-dereference', '-m', '-d'],
];

export interface ExactTime {
  /** Absolute. */
  readonly path: Bytes;
  /** Whole nanoseconds since the epoch, in decimal digits. */
  readonly mtime: string;
}

/**
 * Sets the times of files, folders and links (not of what these point to).
 * @param times is called for each attempt
 * @returns whether all of them were set
 */
export async function setExactTimes(
  times: () => AsyncGenerator<ExactTime>,
  setters: readonly (readonly [string, ...string[]])[] = SETTERS,
): Promise<boolean> {
  for (const [program, ...args] of setters) if (await feed(program, args, times())) return true;
  return false;
}

async function feed(
  program: string,
  args: readonly string[],
  times: AsyncGenerator<ExactTime>,
): Promise<boolean> {
  const child = spawn(program, args, { env: withoutKey(), stdio: ['pipe', 'ignore', 'ignore'] });
  const exit = new Promise<boolean>((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
  // It may not be there, or end early: then its exit code tells.
  child.stdin.on('error', () => undefined);
  for await (const { path, mtime } of times) {
    if (child.stdin.destroyed) break;
    const isFull = !child.stdin.write(`@${inSeconds(mtime)}\0${path}\0`, 'latin1');
    if (isFull) await Promise.race([once(child.stdin, 'drain').catch(() => undefined), exit]);
  }
  child.stdin.end();
  return exit;
}

function inSeconds(nanoseconds: string): string {
  const sign = nanoseconds.startsWith('-') ? '-' : '';
  const digits = nanoseconds.slice(sign.length).padStart(10, '0');
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

// Times of modification to the nanosecond, which Node can't set. Python sets many at once, and is there wherever
// the AWS CLI was not installed by Amazon's own installer; else touch(1) sets them one by one. Neither passes through
// a link that somebody has put in the place of a folder.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { withoutKey } from '../../secrets/environment.js';
import type { Bytes } from '../../tree/bytes.js';
import type { FoldersBelow } from '../destination/folders-below.js';
import { parentOf } from '../destination/destination.js';

/** Reads pairs of time and path, relative to its current folder, each ended by a NUL. */
const PYTHON = `
import os, sys, time
FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW
root = os.open(b'.', FOLDER)
current = b''
def enter(path):
    global current
    if path == current: return
    current = None
    os.fchdir(root)
    for name in path.split(b'/')[:-1]:
        folder = os.open(name, FOLDER)
        try: os.fchdir(folder)
        finally: os.close(folder)
    current = path
failed = False
rest = b''
while chunk := sys.stdin.buffer.read(65536):
    *words, rest = (rest + chunk).split(b'\\0')
    if len(words) % 2: rest = words.pop() + b'\\0' + rest
    for mtime, path in zip(words[::2], words[1::2]):
        name = path.split(b'/')[-1]
        try:
            enter(path[:len(path) - len(name)])
            os.utime(name, ns=(time.time_ns(), int(mtime[1:].replace(b'.', b''))), follow_symlinks=False)
        except OSError: failed = True
sys.exit(failed)
`;

export interface TimeSetter {
  readonly command: readonly [string, ...string[]];
  /** Whether it would follow links: then it is started for each folder anew, and gets names only. */
  readonly isPerFolder: boolean;
}

const SETTERS: readonly TimeSetter[] = [
  { command: ['python3', '-I', '-S', '-c', PYTHON], isPerFolder: false },
  {
    command: ['xargs', '-0', '-r', '-n', '2', 'touch', '--no-create', '--no-dereference', '-m', '-d'],
    isPerFolder: true,
  },
];

export interface ExactTime {
  /** Relative to the root of the folders; that of a folder ends in a `/`. */
  readonly key: Bytes;
  /** Whole nanoseconds since the epoch, in decimal digits. */
  readonly mtime: string;
}

/**
 * Sets the times of files, folders and links (not of what these point to).
 * @param times is called for each attempt
 * @returns whether all of them were set
 */
export async function setExactTimes(
  folders: FoldersBelow,
  times: () => AsyncGenerator<ExactTime>,
  setters: readonly TimeSetter[] = SETTERS,
): Promise<boolean> {
  for (const setter of setters) if (await set(folders, times(), setter)) return true;
  return false;
}

async function set(
  folders: FoldersBelow,
  times: AsyncGenerator<ExactTime>,
  { command, isPerFolder }: TimeSetter,
): Promise<boolean> {
  let areSet = true;
  let running: Running | undefined;
  for await (const { key, mtime } of times) {
    const folder = (isPerFolder ? parentOf(key) : '') as Bytes;
    if (running?.folder !== folder) {
      if (running !== undefined) areSet = (await running.end()) && areSet;
      running = start(folders, folder, command);
    }
    const path = key.replace(/\/$/, '').slice(folder.length);
    if (running === undefined) areSet = false;
    else if (running.isOver && !isPerFolder) break;
    else await running.write(`@${inSeconds(mtime)}\0${isPerFolder ? './' : ''}${path}\0`);
  }
  if (running !== undefined) areSet = (await running.end()) && areSet;
  return areSet;
}

/** @returns `undefined` if the folder is not there */
function start(
  folders: FoldersBelow,
  folder: Bytes,
  command: readonly [string, ...string[]],
): Running | undefined {
  try {
    return new Running(folder, folders.enter(folder), command);
  } catch {
    return undefined;
  }
}

class Running {
  readonly folder: Bytes;
  readonly #child: ChildProcessByStdio<Writable, null, null>;
  readonly #exit: Promise<boolean>;

  constructor(folder: Bytes, cwd: string, [program, ...args]: readonly [string, ...string[]]) {
    this.folder = folder;
    const child = spawn(program, args, { cwd, env: withoutKey(), stdio: ['pipe', 'ignore', 'ignore'] });
    this.#child = child;
    this.#exit = new Promise<boolean>((resolve) => {
      child.on('error', () => resolve(false));
      child.on('close', (code) => resolve(code === 0));
    });
    // It may not be there, or end early: then its exit code tells.
    child.stdin.on('error', () => undefined);
  }

  /** Whether it has ended, or could not be started: then `end` tells. */
  get isOver(): boolean {
    return this.#child.stdin.destroyed;
  }

  async write(text: string): Promise<void> {
    const { stdin } = this.#child;
    if (this.isOver || stdin.write(text, 'latin1')) return;
    await Promise.race([once(stdin, 'drain').catch(() => undefined), this.#exit]);
  }

  /** @returns whether it has set all times */
  end(): Promise<boolean> {
    this.#child.stdin.end();
    return this.#exit;
  }
}

function inSeconds(nanoseconds: string): string {
  const sign = nanoseconds.startsWith('-') ? '-' : '';
  const digits = nanoseconds.slice(sign.length).padStart(10, '0');
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

// Sets mtimes to the nanosecond, which Node can't do. Python sets many at once. Where it is missing, as with the AWS
// CLI of Amazon's installer, touch(1) sets them one by one. Neither follows a link in the place of a folder.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { startProgram } from '../../cli/start-program.js';
import { type Bytes, parentOf, withoutSlash } from '../../tree/bytes.js';
import type { FoldersBelow } from '../destination/folders-below.js';

/** Reads pairs of a time and a path relative to its current folder, each followed by a NUL. */
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
  /** Whether it follows links: then it is started in each folder, and gets only names. */
  readonly followsLinks: boolean;
}

const SETTERS: readonly TimeSetter[] = [
  { command: ['python3', '-I', '-S', '-c', PYTHON], followsLinks: false },
  {
    command: ['xargs', '-0', '-r', '-n', '2', 'touch', '--no-create', '--no-dereference', '-m', '-d'],
    followsLinks: true,
  },
];

export interface ExactTime {
  /** Relative to the root of the folders; a folder's ends in a `/`. */
  readonly key: Bytes;
  /** Whole nanoseconds since the epoch, in decimal digits. */
  readonly mtime: string;
}

/**
 * Sets the mtimes of files, folders and links (not of the links' targets).
 * @param times called for each setter that is tried
 * @returns false if some of them could not be set
 */
export async function setExactTimes(
  folders: FoldersBelow,
  times: () => AsyncGenerator<ExactTime>,
  setters: readonly TimeSetter[] = SETTERS,
): Promise<boolean> {
  for (const setter of setters) if (await setTimes(folders, times(), setter)) return true;
  return false;
}

async function setTimes(
  folders: FoldersBelow,
  times: AsyncGenerator<ExactTime>,
  { command, followsLinks }: TimeSetter,
): Promise<boolean> {
  let areSet = true;
  let child: SetterProcess | undefined;
  let current: Bytes | undefined;
  const end = async () => {
    if (child !== undefined) areSet = (await child.end()) && areSet;
  };
  for await (const { key, mtime } of times) {
    const folder = (followsLinks ? parentOf(key) : '') as Bytes;
    if (current !== folder) {
      await end();
      child = startIn(folders, folder, command);
      current = folder;
    }
    const path = withoutSlash(key).slice(folder.length);
    if (child === undefined) areSet = false;
    else if (child.hasEnded && !followsLinks) break;
    else await child.write(`@${inSeconds(mtime)}\0${followsLinks ? './' : ''}${path}\0`);
  }
  await end();
  return areSet;
}

/** @returns `undefined` if there is no such folder */
function startIn(
  folders: FoldersBelow,
  folder: Bytes,
  command: TimeSetter['command'],
): SetterProcess | undefined {
  try {
    return new SetterProcess(folders.enter(folder), command);
  } catch {
    return undefined;
  }
}

class SetterProcess {
  readonly #stdin: Writable;
  readonly #exit: Promise<boolean>;

  constructor(cwd: string, [program, ...args]: TimeSetter['command']) {
    const child = startProgram(program, args, { cwd, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#stdin = child.stdin;
    this.#exit = new Promise<boolean>((resolve) => {
      child.on('error', () => resolve(false));
      child.on('close', (code) => resolve(code === 0));
    });
    // If it is not installed or ends early, its exit code says so.
    child.stdin.on('error', () => undefined);
  }

  /** True also if it could not be started. */
  get hasEnded(): boolean {
    return this.#stdin.destroyed;
  }

  async write(text: string): Promise<void> {
    if (this.hasEnded || this.#stdin.write(text, 'latin1')) return;
    await Promise.race([once(this.#stdin, 'drain').catch(() => undefined), this.#exit]);
  }

  /** @returns false if some times were not set */
  end(): Promise<boolean> {
    this.#stdin.end();
    return this.#exit;
  }
}

function inSeconds(nanoseconds: string): string {
  const sign = nanoseconds.startsWith('-') ? '-' : '';
  const digits = nanoseconds.slice(sign.length).padStart(10, '0');
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

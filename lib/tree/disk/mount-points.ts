// Where file systems are mounted, as the kernel tells: nothing on them is touched, so that one that hangs hangs nothing.
import { readFileSync } from 'node:fs';
import type { Bytes } from '../bytes.js';

/** The absolute paths; none, if the kernel does not tell. */
export function mountPoints(file = '/proc/self/mountinfo'): ReadonlySet<Bytes> {
  let text = '';
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    // Without /proc, nobody tells.
  }
  return new Set(text.split('\n').map((line) => unescaped(line.split(' ')[4] ?? '')));
}

/** Blanks and backslashes are octal there; see proc_pid_mountinfo(5). */
function unescaped(path: string): Bytes {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  ) as Bytes;
}

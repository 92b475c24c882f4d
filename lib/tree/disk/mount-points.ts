// Where file systems are mounted, by /proc. Nothing on them is opened: that could wait forever for a server.
import { readFileSync } from 'node:fs';
import type { Bytes } from '../bytes.js';

/** Absolute paths; none without /proc. */
export function mountPoints(file = '/proc/self/mountinfo'): ReadonlySet<Bytes> {
  let text = '';
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    // There is no /proc.
  }
  return new Set(text.split('\n').map((line) => unescaped(line.split(' ')[4] ?? '')));
}

/** The names of the mount points, by the folders that they are in; that of `/` is ''. */
export function mountsByFolder(points = mountPoints()): ReadonlyMap<Bytes, ReadonlySet<Bytes>> {
  const folders = new Map<Bytes, Set<Bytes>>();
  for (const point of points) {
    const end = point.lastIndexOf('/');
    const folder = point.slice(0, Math.max(end, 0)) as Bytes;
    folders.set(folder, (folders.get(folder) ?? new Set()).add(point.slice(end + 1) as Bytes));
  }
  return folders;
}

/** Blanks and backslashes are octal there; see proc_pid_mountinfo(5). */
function unescaped(path: string): Bytes {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  ) as Bytes;
}

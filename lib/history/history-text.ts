// Answers about earlier runs as text: for people on a terminal, exact and between tabs in a pipe, or JSON, a line each.
import { printable } from '../cli/log/log.js';
import { formatBytes } from '../cli/units/quantities.js';
import { formatTime } from '../cli/units/times.js';
import { type Bytes, isText, textOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';

/** How answers are printed. */
export interface OutputStyle {
  readonly isJson: boolean;
  /** Whether a person reads it: sizes and times for people. */
  readonly isForPeople: boolean;
}

/** The first line of JSON output: what it is, and the version of its format. */
export function jsonHeader(what: string): string {
  return `${JSON.stringify({ format: `encrypted-s3-backup ${what}`, version: 1 })}\n`;
}

/** Columns, separated by tabs or, for people, by two spaces. */
export function rowText(cells: readonly string[], { isForPeople }: OutputStyle): string {
  return `${cells.map(printable).join(isForPeople ? '  ' : '\t')}\n`;
}

/** @param time ms since the epoch */
export function timeText(time: number, { isForPeople }: OutputStyle): string {
  return isForPeople ? formatTime(time) : new Date(time).toISOString();
}

/** Right-aligned for people. */
export function sizeText(bytes: number, { isForPeople }: OutputStyle): string {
  return isForPeople ? formatBytes(bytes).padStart(10) : `${bytes}`;
}

export function mtimeOf({ inode }: Entry): number {
  return Number(inode.mtime) / 1e6;
}

/** As `ls -l` shows it: `drwxr-xr-x`. */
export function modeText({ type, inode: { mode } }: Entry): string {
  const kind = type === 'directory' ? 'd' : type === 'link' ? 'l' : '-';
  const bits = [...'rwxrwxrwx'].map((letter, place) => ((mode >> (8 - place)) & 1 ? letter : '-'));
  const special: [number, number, string][] = [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ];
  for (const [bit, place, letter] of special)
    if (mode & bit) bits[place] = bits[place] === '-' ? letter.toUpperCase() : letter;
  return kind + bits.join('');
}

/** For JSON: text, or `path64`, the bytes in base64, where they are not UTF-8. */
export function pathMember(key: Bytes): { readonly path: string } | { readonly path64: string } {
  return isText(key) ? { path: textOf(key) } : { path64: Buffer.from(key, 'latin1').toString('base64') };
}

/** The last cell of a file that was gone from disk, or excluded, and that the bucket keeps; none for others. */
export function keptCells({ isKept }: Entry): string[] {
  return isKept ? ['kept'] : [];
}

/** What JSON tells of an entry. */
export function entryMembers(entry: Entry): object {
  const { key, type, inode, target, user, group, isKept } = entry;
  return {
    ...pathMember(key),
    type,
    size: inode.size,
    mtime: new Date(mtimeOf(entry)).toISOString(),
    mode: `0${inode.mode.toString(8)}`,
    uid: inode.uid,
    gid: inode.gid,
    ...(user === undefined ? {} : { user }),
    ...(group === undefined ? {} : { group }),
    ...(target === undefined ? {} : { target: textOf(target) }),
    ...(isKept && { kept: true }),
  };
}

// The common parts of answers about earlier runs: columns of tables, and members of JSON.
import { type Column, sizeText, timeText } from '../cli/output/table.js';
import { type Bytes, isText, textOf } from '../tree/bytes.js';
import { type Entry, milliseconds } from '../tree/entry.js';

export const SIZE: Column<Entry> = {
  name: 'SIZE',
  isRight: true,
  cell: ({ inode }, style) => sizeText(inode.size, style),
};

export const MODIFIED: Column<Entry> = {
  name: 'MODIFIED',
  cell: ({ inode }, style) => timeText(milliseconds(inode.mtime), style),
};

export const PATH: Column<Entry> = { name: 'PATH', cell: ({ key }) => textOf(key) };

/** The remark on a file that was gone from disk, or excluded, and stays in the bucket. */
export const KEPT: Column<Entry> = {
  name: 'KEPT',
  isRemark: true,
  cell: ({ isKept }) => (isKept ? 'kept' : ''),
};

/** A column of something that has an entry. */
export function ofEntry<T extends { readonly entry: Entry }>(column: Column<Entry>): Column<T> {
  return { ...column, cell: ({ entry }, style) => column.cell(entry, style) };
}

/** The mode as `ls -l` shows it: `drwxr-xr-x`. */
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

/** The path for JSON: text, or `path64` in base64 if it is not UTF-8. */
export function pathMember(key: Bytes): { readonly path: string } | { readonly path64: string } {
  return isText(key) ? { path: textOf(key) } : { path64: Buffer.from(key, 'latin1').toString('base64') };
}

/** The members of an entry in JSON. */
export function entryMembers(entry: Entry): object {
  const { key, type, inode, target, user, group, isKept } = entry;
  return {
    ...pathMember(key),
    type,
    size: inode.size,
    mtime: new Date(milliseconds(inode.mtime)).toISOString(),
    mode: `0${inode.mode.toString(8)}`,
    uid: inode.uid,
    gid: inode.gid,
    ...(user === undefined ? {} : { user }),
    ...(group === undefined ? {} : { group }),
    ...(target === undefined ? {} : { target: textOf(target) }),
    ...(isKept && { kept: true }),
  };
}

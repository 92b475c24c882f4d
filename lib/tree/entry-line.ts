// One entry as one line of JSON, in the tree file and in what a run keeps aside.
import { type Acl, isAcl, UNKNOWN_ACL } from './acl.js';
import { type Bytes, bytesOf, isText, textOf } from './bytes.js';
import type { Entry } from './entry.js';

/** Names of users and groups, for whoever restores on another machine. */
export interface OwnerNames {
  /** Their part of a line: `,"user":"…","group":"…"`, or what of it is known. */
  readonly membersOf: (uid: number, gid: number) => string;
}

/** How the last member of a line begins, where there is an ACL; and how the line of an unknown one ends. */
const ACL = ',"acl":"';
const UNKNOWN = `${ACL}${UNKNOWN_ACL}"}`;

/** Without the newline. `path` is text, or `path64` the bytes in base64 where they are not UTF-8. */
export function formatEntry({ key, type, inode, target, acl }: Entry, names: OwnerNames): string {
  const { size, mtime, ctime, mode, uid, gid, ino } = inode;
  // `toFixed` since V8 keeps the texts that a template makes of numbers, and no two of these are the same.
  const numbers = `"size":${size.toFixed()},"mtime":"${mtime}","ctime":"${ctime}","mode":"0${mode.toString(8)}","uid":${uid},"gid":${gid}`;
  const identity = ino === undefined ? '' : `,"ino":${ino.toFixed()}`;
  const owner = names.membersOf(uid, gid);
  const link = target === undefined ? '' : `,${bytesMember('target', target)}`;
  const line = `{${bytesMember('path', key)},"type":"${type}",${numbers}${identity}${owner}${link}}`;
  return lineWithAcl(line, acl);
}

/** @param line of an entry without an ACL */
export function lineWithAcl(line: string, acl: Acl | undefined): string {
  return acl === undefined ? line : `${line.slice(0, -1)}${ACL}${acl}"}`;
}

/**
 * Whether a line of a tree is that of an entry that has not changed; not if its ACL is unknown.
 * @param line of the entry without an ACL
 */
export function isSameLine(before: string, line: string): boolean {
  if (before === line) return true;
  const same = line.length - 1;
  return before.startsWith(ACL, same) && before.startsWith(line.slice(0, same)) && !before.endsWith(UNKNOWN);
}

function bytesMember(name: string, bytes: Bytes): string {
  return isText(bytes)
    ? `"${name}":${JSON.stringify(textOf(bytes))}`
    : `"${name}64":"${Buffer.from(bytes, 'latin1').toString('base64')}"`;
}

/** The entry of a parsed line, with the names of its owners; `undefined` for what is not one. */
export function ownedEntryOf(line: Readonly<Record<string, unknown>>): Entry | undefined {
  const entry = entryOf(line);
  const { user, group } = line;
  return (
    entry && {
      ...entry,
      ...(typeof user === 'string' && { user }),
      ...(typeof group === 'string' && { group }),
    }
  );
}

/** The entry of a parsed line; `undefined` for what is not one. */
export function entryOf(line: Readonly<Record<string, unknown>>): Entry | undefined {
  const key = bytesIn(line, 'path');
  const { type, size, mtime, ctime, uid, gid, acl } = line;
  // As text, it is an older tree's.
  const ino = Number(line['ino'] ?? Number.NaN);
  const mode = typeof line['mode'] === 'string' ? Number.parseInt(line['mode'], 8) : Number.NaN;
  if (key === undefined || key === '') return undefined;
  if (type !== 'file' && type !== 'directory' && type !== 'link') return undefined;
  if (!isCount(size) || !isCount(mode) || !isCount(uid) || !isCount(gid)) return undefined;
  if (!isNanoseconds(mtime) || !isNanoseconds(ctime)) return undefined;
  const inode = { size, mtime, ctime, mode, uid, gid, ...(isCount(ino) && { ino }) };
  if (type !== 'link') {
    if ((type === 'directory') !== key.endsWith('/')) return undefined;
    // One that is not understood is not left out: without it, the mode would tell more than is true.
    return { key, type, inode, ...(acl !== undefined && { acl: isAcl(acl) ? acl : UNKNOWN_ACL }) };
  }
  const target = bytesIn(line, 'target');
  return target === undefined ? undefined : { key, type, inode, target };
}

const PATH = '{"path":"';

/** The key of a line, without understanding the rest of it; `undefined` if it has none. */
export function keyOfLine(line: string): Bytes | undefined {
  if (line.startsWith(PATH)) {
    const path = line.slice(PATH.length, line.indexOf('"', PATH.length));
    if (!path.includes('\\')) return path === '' ? undefined : bytesOf(path);
  }
  try {
    return bytesIn(JSON.parse(line) as Record<string, unknown>, 'path');
  } catch {
    return undefined;
  }
}

function bytesIn(line: Readonly<Record<string, unknown>>, name: string): Bytes | undefined {
  const text = line[name];
  if (typeof text === 'string') return bytesOf(text);
  const base64 = line[`${name}64`];
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64').toString('latin1') as Bytes;
  return undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Times before 1970 are negative. */
function isNanoseconds(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{1,30}$/.test(value);
}

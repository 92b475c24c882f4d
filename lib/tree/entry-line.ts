// One entry as one line of JSON, in the tree file and in a run's spools.
import { type Acl, isAcl, UNKNOWN_ACL } from './acl.js';
import { type Bytes, bytesOf, isText, textOf } from './bytes.js';
import type { Entry } from './entry.js';

/** Names of users and groups, for a restore on another machine. */
export interface OwnerNames {
  /** The members of a line, `,"user":"…","group":"…"`; an id without a name has none. */
  readonly membersOf: (uid: number, gid: number) => string;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** How the ACL of a line begins; it is the last member. */
const ACL = ',"acl":"';
/** How a line with an unknown ACL ends. */
const UNKNOWN = `${ACL}${UNKNOWN_ACL}"}`;
/** How the line of an entry ends if its object may be another version. */
const UNPROVEN = ',"unproven":true}';
/** How the line of a file ends if only the bucket has it. */
const KEPT = ',"kept":true}';

/** The line without its newline. The key is `path`, as text, or `path64`, in base64, if it is not UTF-8. */
export function formatEntry({ key, type, inode, target, acl }: Entry, names: OwnerNames): string {
  const { size, mtime, ctime, mode, uid, gid, ino, allocated, sha256 } = inode;
  // `toFixed`, since V8 caches the numbers that a template prints, and these are all different.
  const numbers = `"size":${size.toFixed()},"mtime":"${mtime}","ctime":"${ctime}","mode":"0${mode.toString(8)}","uid":${uid},"gid":${gid}`;
  const inodeNumber = ino === undefined ? '' : `,"ino":${ino.toFixed()}`;
  const holes = allocated === undefined ? '' : `,"allocated":${allocated.toFixed()}`;
  const checksum = sha256 === undefined ? '' : `,"sha256":"${sha256}"`;
  const owner = names.membersOf(uid, gid);
  const link = target === undefined ? '' : `,${bytesMember('target', target)}`;
  const line = `{${bytesMember('path', key)},"type":"${type}",${numbers}${inodeNumber}${holes}${checksum}${owner}${link}}`;
  return lineWithAcl(line, acl);
}

/** @param line of an entry without an ACL */
export function lineWithAcl(line: string, acl: Acl | undefined): string {
  return acl === undefined ? line : `${line.slice(0, -1)}${ACL}${acl}"}`;
}

/**
 * True if `before` is the same line except for a known ACL, and is proven.
 * @param before line of the last tree
 * @param line of an entry without an ACL
 */
export function isSameLine(before: string, line: string): boolean {
  if (before === line) return true;
  const end = line.length - 1;
  if (!before.startsWith(ACL, end) || !before.startsWith(line.slice(0, end))) return false;
  return !before.endsWith(UNKNOWN) && !before.endsWith(UNPROVEN);
}

/** The line for an entry whose object may be another version. The next run does not trust it. */
export function unprovenLine(line: string): string {
  return line.endsWith(UNPROVEN) ? line : `${line.slice(0, -1)}${UNPROVEN}`;
}

/** The line for a file that is gone from disk, or excluded, and stays in the bucket. */
export function keptLine(line: string): string {
  return isKeptLine(line) ? line : `${line.slice(0, -1)}${KEPT}`;
}

export function isKeptLine(line: string): boolean {
  return line.endsWith(KEPT);
}

function bytesMember(name: string, bytes: Bytes): string {
  return isText(bytes)
    ? `"${name}":${JSON.stringify(textOf(bytes))}`
    : `"${name}64":"${Buffer.from(bytes, 'latin1').toString('base64')}"`;
}

/** The entry of a line, without the names of its owners; `undefined` if the line is not one. */
export function parseEntry(line: string): Entry | undefined {
  const members = parseJsonObject(line);
  return members && entryOf(members);
}

/** The entry of a line, with the names of its owners; `undefined` if the line is not one. */
export function parseOwnedEntry(line: string): Entry | undefined {
  const members = parseJsonObject(line) ?? {};
  const entry = entryOf(members);
  if (entry === undefined) return undefined;
  const { user, group } = members;
  return { ...entry, ...(typeof user === 'string' && { user }), ...(typeof group === 'string' && { group }) };
}

/** `undefined` if the line is not a JSON object. */
export function parseJsonObject(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function entryOf(members: JsonObject): Entry | undefined {
  const key = bytesIn(members, 'path');
  const { type, size, mtime, ctime, uid, gid, allocated, sha256, acl } = members;
  // In older trees it is text.
  const ino = Number(members['ino'] ?? Number.NaN);
  const mode = typeof members['mode'] === 'string' ? Number.parseInt(members['mode'], 8) : Number.NaN;
  if (key === undefined || key === '') return undefined;
  if (type !== 'file' && type !== 'directory' && type !== 'link') return undefined;
  if (!isCount(size) || !isCount(mode) || !isCount(uid) || !isCount(gid)) return undefined;
  if (!isNanoseconds(mtime) || !isNanoseconds(ctime)) return undefined;
  const inode = {
    size,
    mtime,
    ctime,
    mode,
    uid,
    gid,
    ...(isCount(ino) && { ino }),
    ...(isCount(allocated) && { allocated }),
    ...(typeof sha256 === 'string' && { sha256 }),
  };
  if (type === 'link') {
    const target = bytesIn(members, 'target');
    return target === undefined ? undefined : { key, type, inode, target };
  }
  if ((type === 'directory') !== key.endsWith('/')) return undefined;
  const isUnproven = members['unproven'] === true;
  const isKept = members['kept'] === true;
  return {
    key,
    type,
    inode,
    // An ACL that can't be parsed counts as unknown: the mode alone would allow more than the ACL did.
    ...(acl !== undefined && { acl: isAcl(acl) ? acl : UNKNOWN_ACL }),
    ...(isUnproven && { isUnproven }),
    ...(isKept && { isKept }),
  };
}

const PATH = '{"path":"';

/** The key of a line, without parsing the rest; `undefined` if it has none. */
export function keyOfLine(line: string): Bytes | undefined {
  if (line.startsWith(PATH)) {
    const path = line.slice(PATH.length, line.indexOf('"', PATH.length));
    if (!path.includes('\\')) return path === '' ? undefined : bytesOf(path);
  }
  const members = parseJsonObject(line);
  return members && bytesIn(members, 'path');
}

function bytesIn(members: JsonObject, name: string): Bytes | undefined {
  const text = members[name];
  if (typeof text === 'string') return bytesOf(text);
  const base64 = members[`${name}64`];
  return typeof base64 === 'string' ? (Buffer.from(base64, 'base64').toString('latin1') as Bytes) : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Negative before 1970. */
function isNanoseconds(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{1,30}$/.test(value);
}

// POSIX ACLs as text. On a file with an ACL, the group bits of the mode are the ACL's mask: restored alone, they would
// give the group the rights of others.

/**
 * The entries of an ACL as getfacl(1) prints them, ids as numbers, separated by commas:
 * `user::rw-,user:1001:r--,group::---,mask::r--,other::---`; those of a folder may include `default:…` entries.
 */
export type Acl = string;

/** The ACL of a file whose ACL could not be read. */
export const UNKNOWN_ACL: Acl = '?';

const ENTRY = /^(?:default:)?(?:(?:user|group):\d*|mask:|other:):[r-][w-][x-]$/;
/** Characters. No file system stores that many, and the kernel takes an argument of this length. */
const MAX_LENGTH = 100_000;
const ALL = 0o7;

/** True if a value in a tree file is an `Acl`. */
export function isAcl(text: unknown): text is Acl {
  if (text === UNKNOWN_ACL) return true;
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return false;
  return text.split(',').every((entry) => ENTRY.test(entry));
}

/** The ACL that is equivalent to `mode`. Setting it removes any other. */
export function aclOfMode(mode: number): Acl {
  const letters = (shift: number) =>
    [...'rwx'].map((letter, at) => ((mode >> shift) & (4 >> at) ? letter : '-')).join('');
  return `user::${letters(6)},group::${letters(3)},other::${letters(0)}`;
}

/** The entries that apply to the file itself: `default:` ones are for what is created in a folder. */
export function withoutDefaults(acl: Acl): Acl {
  const entries = acl.split(',').filter((entry) => !entry.startsWith('default:'));
  return entries.join(',');
}

/**
 * The mode for a file whose ACL can't be restored. It allows nobody more than mode and ACL did: a user that the ACL
 * names may be in the group, or one of the others.
 */
export function narrowedMode(mode: number, acl: Acl): number {
  if (acl === UNKNOWN_ACL) return mode & 0o7700;
  const entries = withoutDefaults(acl).split(',').map(parseAclEntry);
  const bitsOf = (wanted: string) => entries.find(({ tag, id }) => tag === wanted && id === '')?.bits;
  const mask = bitsOf('mask') ?? ALL;
  const named = entries.filter(({ id }) => id !== '');
  const users = named.filter(({ tag }) => tag === 'user');
  const group = (bitsOf('group') ?? 0) & mask & commonBits(users, mask);
  const other = (bitsOf('other') ?? 0) & commonBits(named, mask);
  return mode & (0o7700 | (group << 3) | other);
}

/** The bits that all of `entries` allow; all bits if there are none. */
function commonBits(entries: readonly AclEntry[], mask: number): number {
  return entries.reduce((all, { bits }) => all & bits & mask, ALL);
}

interface AclEntry {
  readonly tag: string;
  /** '' for the owner, the owning group, the mask and the others. */
  readonly id: string;
  readonly bits: number;
}

function parseAclEntry(text: string): AclEntry {
  const [tag = '', id = '', letters = ''] = text.split(':');
  const bits = [...letters].reduce((all, letter) => all * 2 + (letter === '-' ? 0 : 1), 0);
  return { tag, id, bits };
}

// POSIX ACLs as text. A file that has one shows its mask where the mode has the group's bits: its mode alone would
// give the group what was meant for others that the ACL names.

/**
 * The entries of a file's ACL as getfacl(1) prints them, ids as numbers, between commas:
 * `user::rw-,user:1001:r--,group::---,mask::r--,other::---`; of a folder, `default:…` entries as well.
 */
export type Acl = string;

/** Stands for an ACL of a file of which it could not be found out whether it has one. */
export const UNKNOWN_ACL: Acl = '?';

const ENTRY = /^(?:default:)?(?:(?:user|group):\d*|mask:|other:):[r-][w-][x-]$/;
/** Many more entries than any file system stores, and an argument that the kernel takes. */
const MAX_LENGTH = 100_000;
const ALL = 0o7;

/** Whether a text of a tree is what `Acl` says. */
export function isAcl(text: unknown): text is Acl {
  if (text === UNKNOWN_ACL) return true;
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return false;
  return text.split(',').every((entry) => ENTRY.test(entry));
}

/** The ACL that is no more than a mode: whoever is given it has no other. */
export function aclOfMode(mode: number): Acl {
  const letters = (shift: number) =>
    [...'rwx'].map((letter, at) => ((mode >> shift) & (4 >> at) ? letter : '-')).join('');
  return `user::${letters(6)},group::${letters(3)},other::${letters(0)}`;
}

/** Its entries that decide on the file itself, without those that a folder hands on to what is made in it. */
export function withoutDefaults(acl: Acl): Acl {
  const entries = acl.split(',').filter((entry) => !entry.startsWith('default:'));
  return entries.join(',');
}

/**
 * The mode for a file that has to go without its ACL: it lets nobody do more than the two did together. Who is named
 * in the ACL counts as one of the group, or as one of the others, where there is only a mode.
 */
export function narrowedMode(mode: number, acl: Acl): number {
  if (acl === UNKNOWN_ACL) return mode & 0o7700;
  const entries = withoutDefaults(acl).split(',').map(entryOf);
  const of = (wanted: string) => entries.find(({ tag, id }) => tag === wanted && id === '')?.bits;
  const mask = of('mask') ?? ALL;
  const named = entries.filter(({ id }) => id !== '');
  const users = named.filter(({ tag }) => tag === 'user');
  const group = (of('group') ?? 0) & mask & common(users, mask);
  const other = (of('other') ?? 0) & common(named, mask);
  return mode & (0o7700 | (group << 3) | other);
}

/** What all of these may do: everything, where there are none. */
function common(entries: readonly AclEntry[], mask: number): number {
  return entries.reduce((all, { bits }) => all & bits & mask, ALL);
}

interface AclEntry {
  readonly tag: string;
  /** '' of the owner, the owning group, the mask and the others. */
  readonly id: string;
  readonly bits: number;
}

function entryOf(text: string): AclEntry {
  const [tag = '', id = '', letters = ''] = text.split(':');
  const bits = [...letters].reduce((all, letter) => all * 2 + (letter === '-' ? 0 : 1), 0);
  return { tag, id, bits };
}

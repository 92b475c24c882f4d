// Owners are numbers on disk and names to people: both are in a tree file.
import { readFileSync } from 'node:fs';
import type { OwnerNames } from '../entry-line.js';

/** The names in /etc/passwd and /etc/group; ids that are not there have none. */
export function ownerNames(): OwnerNames {
  const users = namesIn('/etc/passwd');
  const groups = namesIn('/etc/group');
  const made = new Map<string, string>();
  return {
    membersOf(uid, gid) {
      const ids = `${uid}:${gid}`;
      const known = made.get(ids);
      if (known !== undefined) return known;
      const members = member('user', users.get(uid)) + member('group', groups.get(gid));
      made.set(ids, members);
      return members;
    },
  };
}

/** From names to this machine's ids; the first of the ids that share a name counts. */
export interface OwnerIds {
  readonly uids: ReadonlyMap<string, number>;
  readonly gids: ReadonlyMap<string, number>;
}

/** The ids in /etc/passwd and /etc/group. */
export function ownerIds(): OwnerIds {
  const inverted = (names: ReadonlyMap<number, string>) =>
    new Map([...names].reverse().map(([id, name]) => [name, id]));
  return { uids: inverted(namesIn('/etc/passwd')), gids: inverted(namesIn('/etc/group')) };
}

function member(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** passwd(5) and group(5): the name is the first field, the id the third. */
function namesIn(file: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Names are a help, not a need.
  }
  for (const line of text.split('\n')) {
    const [name = '', , id = ''] = line.split(':');
    if (name !== '' && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}

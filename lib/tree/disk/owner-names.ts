// The names of users and groups on this machine, in /etc/passwd and /etc/group.
import { readFileSync } from 'node:fs';
import type { OwnerNames } from '../entry-line.js';

/** Ids without a name have no member. */
export function ownerNames(): OwnerNames {
  const users = namesIn('/etc/passwd');
  const groups = namesIn('/etc/group');
  const cache = new Map<string, string>();
  return {
    membersOf(uid, gid) {
      const ids = `${uid}:${gid}`;
      const cached = cache.get(ids);
      if (cached !== undefined) return cached;
      const members = member('user', users.get(uid)) + member('group', groups.get(gid));
      cache.set(ids, members);
      return members;
    },
  };
}

/** Ids by names; of several ids with one name, the first. */
export interface OwnerIds {
  readonly uids: ReadonlyMap<string, number>;
  readonly gids: ReadonlyMap<string, number>;
}

export function ownerIds(): OwnerIds {
  const inverted = (names: ReadonlyMap<number, string>) =>
    new Map([...names].reverse().map(([id, name]) => [name, id]));
  return { uids: inverted(namesIn('/etc/passwd')), gids: inverted(namesIn('/etc/group')) };
}

function member(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** passwd(5) and group(5): the first field is the name, the third the id. */
function namesIn(file: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // It does without names.
  }
  for (const line of text.split('\n')) {
    const [name = '', , id = ''] = line.split(':');
    if (name !== '' && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}

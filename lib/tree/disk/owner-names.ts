// The names of users and groups. Local ones are in /etc/passwd and /etc/group. getent(1) looks up the others (LDAP,
// SSSD, systemd-homed), many at once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../cli/start-program.js';
import type { OwnerNames } from '../entry-line.js';

type Database = 'passwd' | 'group';

/** How many ids or names one call looks up. */
const MAX_KEYS = 1000;
/** Milliseconds for a call: a directory server may not answer. */
const PATIENCE = 10_000;

class NameTable {
  readonly names = new Map<number, string>();
  readonly ids = new Map<string, number>();
  readonly #database: Database;
  readonly #asked = new Set<number | string>();
  #hasAnswered = true;

  constructor(database: Database, folder = '/etc') {
    this.#database = database;
    try {
      this.#add(readFileSync(join(folder, database), 'utf8'));
    } catch {
      // Without that file, only getent(1) knows names.
    }
  }

  /** Looks up the ids or names that are unknown and have not been looked up before. */
  learn(keys: Iterable<number | string>): void {
    const unknown = [...new Set(keys)].filter((key) => {
      const isKnown = typeof key === 'number' ? this.names.has(key) : this.ids.has(key);
      return !isKnown && !this.#asked.has(key) && isPlausible(key);
    });
    for (let start = 0; start < unknown.length && this.#hasAnswered; start += MAX_KEYS)
      this.#ask(unknown.slice(start, start + MAX_KEYS));
  }

  #ask(keys: readonly (number | string)[]): void {
    for (const key of keys) this.#asked.add(key);
    const { error, stdout } = runProgram('getent', [this.#database, '--', ...keys.map(String)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE,
    });
    this.#hasAnswered = error === undefined;
    this.#add(stdout ?? '');
  }

  /** passwd(5) and group(5): the first field is the name, the third the id. Of several, the first one counts. */
  #add(lines: string): void {
    for (const line of lines.split('\n')) {
      const [name = '', , id = ''] = line.split(':');
      if (name === '' || !/^\d+$/.test(id)) continue;
      if (!this.names.has(Number(id))) this.names.set(Number(id), name);
      if (!this.ids.has(name)) this.ids.set(name, Number(id));
    }
  }
}

/** False for names that getent would take for ids or options, or that no user can have. */
function isPlausible(key: number | string): boolean {
  return typeof key === 'number' || /^(?!-|\d+$)[^:\n\0]+$/.test(key);
}

/** The names of ids on this machine, as members of a tree's line. */
export class LocalOwnerNames implements OwnerNames {
  readonly #users = new NameTable('passwd');
  readonly #groups = new NameTable('group');
  readonly #members = new Map<string, string>();

  /** Looks up many at once, ahead of `membersOf`. */
  learn(owners: Iterable<{ readonly uid: number; readonly gid: number }>): void {
    const all = [...owners];
    this.#users.learn(all.map(({ uid }) => uid));
    this.#groups.learn(all.map(({ gid }) => gid));
  }

  /** Ids without a name have no member. */
  membersOf(uid: number, gid: number): string {
    const ids = `${uid}:${gid}`;
    let members = this.#members.get(ids);
    if (members === undefined) {
      this.learn([{ uid, gid }]);
      members = member('user', this.#users.names.get(uid)) + member('group', this.#groups.names.get(gid));
      this.#members.set(ids, members);
    }
    return members;
  }
}

function member(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** The ids of users and groups, by their names. */
export interface OwnerIds {
  uidOf(user: string): number | undefined;
  gidOf(group: string): number | undefined;
}

/** On this machine. */
export function localOwners(): OwnerIds {
  const [users, groups] = [new NameTable('passwd'), new NameTable('group')];
  const idOf = (table: NameTable, name: string) => {
    table.learn([name]);
    return table.ids.get(name);
  };
  return { uidOf: (user) => idOf(users, user), gidOf: (group) => idOf(groups, group) };
}

/** In a system that is not running. @param folder its /etc */
export function ownersIn(folder: string): OwnerIds {
  const [users, groups] = [new NameTable('passwd', folder), new NameTable('group', folder)];
  return { uidOf: (user) => users.ids.get(user), gidOf: (group) => groups.ids.get(group) };
}

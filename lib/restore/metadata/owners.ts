// Which numbers owners get: those that their names have here or in the restored system, or those in the backup. On
// another machine, a name may have another number.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../cli/log/log.js';
import type { Bytes } from '../../tree/bytes.js';
import { localOwners, type OwnerIds, ownersIn } from '../../tree/disk/owner-names.js';
import type { Entry } from '../../tree/entry.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { HeldFolder } from '../destination/held-folder.js';
import type { PlannedFile } from '../plan/planned-file.js';

const NAMES_FILE = 'etc/passwd' as Bytes;

/** How many owners a warning names. */
const MAX_NAMED = 5;

/** Owners by number. */
const NUMERIC: OwnerIds = { uidOf: () => undefined, gidOf: () => undefined };

export class Owners {
  readonly #ids: OwnerIds;
  /** Descriptions of the owners whose numbers differ from those in the backup. */
  readonly #otherNumbers = new Set<string>();

  constructor(ids: OwnerIds) {
    this.#ids = ids;
  }

  /** The numbers of the entry's names, if they have any; otherwise those in the tree. */
  idsOf({ inode, user, group }: Entry): { readonly uid: number; readonly gid: number } {
    const { uidOf, gidOf } = this.#ids;
    return {
      uid: this.#idOf('user', user, uidOf, inode.uid),
      gid: this.#idOf('group', group, gidOf, inode.gid),
    };
  }

  #idOf(
    kind: string,
    name: string | undefined,
    numberOf: (name: string) => number | undefined,
    inTree: number,
  ): number {
    const here = name === undefined ? undefined : numberOf(name);
    if (here === undefined || here === inTree) return inTree;
    this.#otherNumbers.add(`${kind} ${name} (${here} here, ${inTree} in the backup)`);
    return here;
  }

  /** Warns if owners have other numbers than in the backup: these are wrong for another system than this one. */
  warnOfOtherNumbers(log: Pick<Log, 'warn'>): void {
    const { size } = this.#otherNumbers;
    if (size === 0) return;
    const named = [...this.#otherNumbers].slice(0, MAX_NAMED).join(', ');
    const more = size > MAX_NAMED ? `, and ${size - MAX_NAMED} more` : '';
    log.warn(
      `Owners are set by name, and some have another number here: ${named}${more}. If the files are for another system, restore them with --numeric-ids.`,
    );
  }
}

export function ownersOf(usesNumericIds: boolean): Owners {
  return new Owners(usesNumericIds ? NUMERIC : localOwners());
}

/**
 * If the restore includes /etc/passwd of a system, owners are set by number. If the destination has its own, such as
 * the mounted disk of another system, names get the numbers of that system.
 * @param plan lines of `PlannedFile`
 */
export async function ownersFor(root: HeldFolder, plan: Spool, usesNumericIds: boolean): Promise<Owners> {
  if (usesNumericIds || (await hasNamesFile(plan))) return ownersOf(true);
  return existsSync(join(root.path, NAMES_FILE))
    ? new Owners(ownersIn(join(root.path, 'etc')))
    : ownersOf(false);
}

async function hasNamesFile(plan: Spool): Promise<boolean> {
  for await (const { key, entry } of flatten(readJson<PlannedFile>(plan)))
    if (key >= NAMES_FILE) return key === NAMES_FILE && entry !== undefined;
  return false;
}

// Decides how owners are restored: by names or by numbers. On a rescue system, the names of the restored system may
// have other numbers.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from '../../tree/bytes.js';
import { localOwners, type OwnerIds, ownersIn } from '../../tree/disk/owner-names.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import type { HeldFolder } from '../destination/held-folder.js';
import type { PlannedFile } from '../plan/planned-file.js';

const NAMES_FILE = 'etc/passwd' as Bytes;

/** Owners by number. */
const NUMERIC: OwnerIds = { uidOf: () => undefined, gidOf: () => undefined };

export function ownersOf(usesNumericIds: boolean): OwnerIds {
  return usesNumericIds ? NUMERIC : localOwners();
}

/**
 * If the restore includes /etc/passwd of a system, owners are set by number. If the destination has its own, such as
 * the mounted disk of another system, names get the numbers of that system.
 * @param plan lines of `PlannedFile`
 */
export async function ownersFor(root: HeldFolder, plan: Spool, usesNumericIds: boolean): Promise<OwnerIds> {
  if (usesNumericIds || (await hasNamesFile(plan))) return NUMERIC;
  return existsSync(join(root.path, NAMES_FILE)) ? ownersIn(join(root.path, 'etc')) : localOwners();
}

async function hasNamesFile(plan: Spool): Promise<boolean> {
  for await (const { key, entry } of flatten(readJson<PlannedFile>(plan)))
    if (key >= NAMES_FILE) return key === NAMES_FILE && entry !== undefined;
  return false;
}

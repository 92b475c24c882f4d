// What root runs by a schedule must belong to root: whoever can replace a program, or a folder or link on its path,
// decides what root runs.
import { realpathSync, statSync } from 'node:fs';
import { shellQuote } from '../../cli/errors.js';
import { octalMode, type PathPart, partOfOthers, partsOfPath } from '../../tree/disk/trust/who-can-change.js';

const ROOT = 0;

interface Weakness {
  /** A sentence without its full stop. */
  readonly text: string;
  /** A command to paste. */
  readonly remedy: string;
}

/**
 * The first program that another user could replace; only if this user is root.
 * @param programs their paths; missing ones are skipped
 */
export function weakProgram(programs: readonly string[]): Weakness | undefined {
  if (process.geteuid?.() !== ROOT) return undefined;
  for (const program of programs) {
    const weakness = weaknessOf(program, partsOf(program));
    if (weakness !== undefined) return weakness;
  }
  return undefined;
}

/** @param parts of the program's path, and finally the file itself */
export function weaknessOf(program: string, parts: readonly PathPart[]): Weakness | undefined {
  const part = partOfOthers(parts, ROOT, { isDestination: true });
  if (part === undefined) return undefined;
  const { path, uid, mode } = part;
  const what = (why: string) =>
    `Root runs "${program}", and "${path}" ${why}: who can change it decides what root runs`;
  if (uid !== ROOT)
    return {
      text: `${what(`belongs to another user (uid ${uid})`)}. Install it as root, and schedule the backup again; to see what is whose`,
      remedy: `namei -l ${shellQuote(program)}`,
    };
  return {
    text: what(`can be written to by others (mode ${octalMode(mode)})`),
    remedy: `chmod go-w ${shellQuote(path)}`,
  };
}

function partsOf(program: string): PathPart[] {
  const stats = statSync(program, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  const { uid, mode } = stats;
  return [...partsOfPath(program), { path: realpathSync(program), uid, mode, isLink: false }];
}

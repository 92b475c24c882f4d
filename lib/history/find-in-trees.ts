// Files by a pattern, in one tree or in those of all days.
import { textOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';

export type Matches = (entry: Entry) => boolean;

/**
 * A pattern with `*`, `?` or `[…]` has to match the whole name, or the whole path if it has a `/`; one without is a part
 * of the path. Upper and lower case are the same.
 */
export function matcherOf(pattern: string): Matches {
  const wanted = pattern.toLowerCase();
  if (!/[*?[]/.test(wanted)) return ({ key }) => pathOf(key).includes(wanted);
  const expression = new RegExp(
    `^${wanted.replaceAll(/\[!?[^\]]+\]|[*?]|[\\^$.|+(){}[\]]/g, partOf)}$`,
    'su',
  );
  const isPath = wanted.includes('/');
  return ({ key }) => {
    const path = pathOf(key);
    return expression.test(isPath ? path : path.slice(path.lastIndexOf('/') + 1));
  };
}

function partOf(part: string): string {
  if (part === '*') return '.*';
  if (part === '?') return '.';
  if (part.length > 1) return part.replace('[!', '[^').replaceAll('\\', '\\\\');
  return `\\${part}`;
}

function pathOf(key: Entry['key']): string {
  return textOf(key).replace(/\/$/, '').toLowerCase();
}

/** A file as it was from one run to another. */
export interface FoundVersion {
  readonly entry: Entry;
  /** When the runs stored their trees that have it so first, and last (ms since the epoch). */
  readonly firstSeen: number;
  lastSeen: number;
}

/** Collects the versions that match, from trees that are added from the oldest to the newest. */
export class FoundVersions {
  readonly #byKey = new Map<string, FoundVersion[]>();

  add(entry: Entry, stored: number): void {
    const versions = this.#byKey.get(entry.key) ?? [];
    this.#byKey.set(entry.key, versions);
    const latest = versions.at(-1);
    if (latest !== undefined && isSameContent(latest.entry, entry)) latest.lastSeen = stored;
    else versions.push({ entry, firstSeen: stored, lastSeen: stored });
  }

  /** By key, of each key the oldest first. */
  *versions(): Generator<FoundVersion> {
    for (const key of [...this.#byKey.keys()].sort()) yield* this.#byKey.get(key) ?? [];
  }
}

/** Size and mtime are those of the content; a link has its target. */
export function isSameContent(a: Entry, b: Entry): boolean {
  if (a.type !== b.type || a.target !== b.target) return false;
  return a.type !== 'file' || (a.inode.size === b.inode.size && a.inode.mtime === b.inode.mtime);
}

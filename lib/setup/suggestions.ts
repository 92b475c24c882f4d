// Suggests what to exclude from a backup, by the names that a walk finds.
import { printable } from '../cli/log/log.js';
import { formatBytes, formatCount } from '../cli/units/quantities.js';
import { type Bytes, textOf } from '../tree/bytes.js';
import { patternFor } from '../tree/patterns.js';
import type { Totals } from './cost.js';

/** Names of folders whose contents programs can recreate. */
const MADE_AGAIN: ReadonlyMap<string, string> = new Map([
  ['node_modules', 'packages that npm installs again'],
  ['.cache', 'caches of programs'],
  ['__pycache__', 'caches of Python'],
  ['.npm', 'the cache of npm'],
  ['.gradle', 'the cache of Gradle'],
]);

/** Folders of `/` that are in memory, and new after each start. */
const IN_MEMORY = ['dev/', 'proc/', 'run/', 'sys/'];

/** Names of files that identify the folder of a database. */
const DATABASES: ReadonlyMap<string, string> = new Map([
  ['PG_VERSION', 'PostgreSQL'],
  ['ibdata1', 'MySQL or MariaDB'],
  ['WiredTiger', 'MongoDB'],
]);
const CACHE_TAG = 'CACHEDIR.TAG';

export interface Suggestion {
  /** A description for the user. */
  readonly what: string;
  /** Patterns for EXCLUDE; none for what EXCLUDE_CACHES excludes. */
  readonly patterns: ReadonlySet<string>;
  readonly totals: Totals;
  /** True if programs or the system can recreate it. */
  readonly isMadeAgain: boolean;
}

/** What a folder or file is. `name` groups those of one suggestion. */
export interface SuggestionKind extends Omit<Suggestion, 'totals' | 'patterns'> {
  readonly name: string;
  readonly pattern: string | undefined;
}

/** @param key of the folder; ends in `/` @param isRoot whether the directory is `/` */
export function kindByName(key: Bytes, isRoot: boolean): SuggestionKind | undefined {
  if (isRoot && IN_MEMORY.includes(key)) {
    const what = 'what the system recreates at each start';
    return { name: what, what: `${what}: ${IN_MEMORY.join(', ')}`, pattern: `${key}*`, isMadeAgain: true };
  }
  const [, above = '', name = ''] = /^(.*\/)?([^/]+)\/$/s.exec(key) ?? [];
  const what = MADE_AGAIN.get(name);
  if (what === undefined) return undefined;
  const pattern = above === '' ? `${name}/*` : `*/${name}/*`;
  return { name, what: `"${name}": ${what}`, pattern, isMadeAgain: true };
}

/** @param folder its key: '' or ends in `/` @param file the name of a file in it */
export function kindByFile(folder: Bytes, file: string): SuggestionKind | undefined {
  if (folder === '') return undefined;
  if (file === CACHE_TAG) {
    const what = `caches, by their ${CACHE_TAG}`;
    return { name: CACHE_TAG, what, pattern: undefined, isMadeAgain: true };
  }
  const database = DATABASES.get(file);
  if (database === undefined) return undefined;
  return kindOfDatabase(folder, `"${textOf(folder)}": a database of ${database}`);
}

/** An SQLite database that a program has open. @param key of its file */
export function kindOfOpenDatabase(key: Bytes): SuggestionKind {
  const kind = kindOfDatabase(key, `"${textOf(key)}": an SQLite database in use`);
  return { ...kind, pattern: `${patternFor(key)}*` };
}

function kindOfDatabase(key: Bytes, what: string): SuggestionKind {
  const why = 'a copy that is made while it changes may be useless: back up a dump';
  return { name: key, what: `${what}; ${why}`, pattern: patternFor(key), isMadeAgain: false };
}

/** `"node_modules": packages that npm installs again (12,345 files, 1.2 GiB)` */
export function describeSuggestion({ what, totals: { files, bytes } }: Suggestion): string {
  const words = printable(what);
  return files === 0 ? words : `${words} (${formatCount(files, 'file')}, ${formatBytes(bytes)})`;
}

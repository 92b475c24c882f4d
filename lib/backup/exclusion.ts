// EXCLUDE, as `aws s3 sync --exclude` understands it: Python's fnmatch on the whole path, in which `*` and `?`
// match `/` as well.

import { BackupError } from '../errors.js';
import { type Bytes, textOf } from '../tree/bytes.js';

export type IsExcluded = (key: Bytes) => boolean;

/** How the folders begin that restores keep in their destinations, perhaps in LOCAL_DIR, until they have ended. */
export const STAGE_NAME = '.encrypted-s3-restore-';
export const STAGE_PATTERNS: readonly string[] = [`${STAGE_NAME}*`, `*/${STAGE_NAME}*`];

/** What `STAGE_PATTERNS` exclude, found sooner. */
export function isInStage(key: Bytes): boolean {
  return key.startsWith(STAGE_NAME) || key.includes(`/${STAGE_NAME}`);
}

/**
 * @returns whether a file is excluded or, given a key that ends in `/`, everything in that folder
 * @throws {BackupError} if the AWS CLI would misread the patterns: it reads the folder they are relative to
 * as a part of them
 */
export function exclusion(patterns: readonly string[], localDir: string): IsExcluded {
  if (patterns.length === 0) return () => false;
  if (hasWildcards(localDir)) {
    throw new BackupError(
      `EXCLUDE can't be used with a LOCAL_DIR that has *, ? or [ in its path: "${localDir}".`,
      {
        hint: 'The AWS CLI takes these for a part of the patterns. Rename the folder, or go without EXCLUDE.',
      },
    );
  }
  const whole = patterns.map(expressionOf);
  // What begins like the folder and goes on anyhow is all that is in it.
  const folders = patterns.filter((pattern) => pattern.endsWith('*')).map(expressionOf);
  return (key) => {
    const text = textOf(key);
    return (key.endsWith('/') ? folders : whole).some((expression) => expression.test(text));
  };
}

/** Python's fnmatch.translate. */
function expressionOf(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[') {
      const end = endOfSet(pattern, at);
      source += end === -1 ? '\\[' : setOf(pattern.slice(at + 1, end));
      if (end !== -1) at = end;
    } else source += character.replace(/[\\^$.|+(){}\]/]/, '\\$&');
  }
  return new RegExp(`^${source}$`, 'su');
}

/** A `]` right after the `[` or `[!` is part of the set. */
function endOfSet(pattern: string, start: number): number {
  const first = pattern[start + 1] === '!' ? start + 2 : start + 1;
  return pattern.indexOf(']', first + 1);
}

function setOf(inside: string): string {
  const isNegated = inside.startsWith('!');
  const members = [...(isNegated ? inside.slice(1) : inside)];
  let source = '';
  for (let at = 0; at < members.length; at += 1) {
    const from = members[at] ?? '';
    const to = members[at + 1] === '-' ? members[at + 2] : undefined;
    if (to === undefined) source += escapedInSet(from);
    else {
      // A range that runs backwards matches nothing.
      if ((from.codePointAt(0) ?? 0) <= (to.codePointAt(0) ?? 0))
        source += `${escapedInSet(from)}-${escapedInSet(to)}`;
      at += 2;
    }
  }
  if (source === '') return isNegated ? '.' : '(?!)';
  return `[${isNegated ? '^' : ''}${source}]`;
}

function escapedInSet(character: string): string {
  return character.replace(/[\\\]^[-]/, '\\$&');
}

/** A pattern for everything in a folder, which is given by its path relative to LOCAL_DIR. */
export function patternOfFolder(path: string): string {
  return `${path.replaceAll(/[*?[]/g, '[$&]')}/*`;
}

/** Whether the AWS CLI would take a part of this path for a pattern. */
export function hasWildcards(path: string): boolean {
  return /[*?[]/.test(path);
}

// EXCLUDE, as `aws s3 sync --exclude` understands it: Python's fnmatch on the whole path, in which `*` and `?`
// match `/` as well.
import { shellQuote } from '../cli/errors.js';
import { type Bytes, textOf } from './bytes.js';

/** The pattern that excludes a file or, given a key that ends in `/`, everything in that folder. */
export type MatchPattern = (key: Bytes) => string | undefined;

export function compilePatterns(patterns: readonly string[]): MatchPattern {
  if (patterns.length === 0) return () => undefined;
  const whole = patterns.map((pattern) => ({ pattern, expression: expressionOf(pattern) }));
  // A pattern that ends in `*` and matches the folder's key matches everything in it.
  const folders = whole.filter(({ pattern }) => pattern.endsWith('*'));
  return (key) => {
    const text = textOf(key);
    return (key.endsWith('/') ? folders : whole).find(({ expression }) => expression.test(text))?.pattern;
  };
}

/**
 * The pattern that excludes a file or, given a key that ends in `/`, everything in a folder. `?` replaces characters
 * that a line of text can't show.
 */
export function patternFor(key: Bytes): string {
  const literal = textOf(key).replaceAll(/[*?[]/g, '[$&]');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is for these
  const pattern = literal.replaceAll(/[\x00-\x1f\x7f-\x9f\ufffd]/g, '?');
  return key.endsWith('/') ? `${pattern}*` : pattern;
}

/** `patternFor` a key, quoted for the config. */
export function quotedPatternFor(key: Bytes): string {
  return shellQuote(patternFor(key));
}

/** Python's fnmatch.translate. */
export function expressionOf(pattern: string): RegExp {
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

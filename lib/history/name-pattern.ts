// The patterns of `find`, for the names and paths of files.
import { type Bytes, textOf, withoutSlash } from '../tree/bytes.js';
import { expressionOf } from '../tree/patterns.js';

export type Matches = (key: Bytes) => boolean;

/**
 * A pattern with `*`, `?` or `[…]` must match the whole name, or the whole path if it has a `/`; any other is a part of
 * the path. Upper and lower case are the same.
 */
export function matcherOf(pattern: string): Matches {
  const wanted = pattern.toLowerCase();
  if (!/[*?[]/.test(wanted)) return (key) => pathOf(key).includes(wanted);
  const expression = expressionOf(wanted);
  const isPath = wanted.includes('/');
  return (key) => {
    const path = pathOf(key);
    return expression.test(isPath ? path : path.slice(path.lastIndexOf('/') + 1));
  };
}

function pathOf(key: Bytes): string {
  return textOf(withoutSlash(key)).toLowerCase();
}

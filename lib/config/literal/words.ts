import type { BackupError } from '../../cli/errors.js';
import { type Cursor, NeedsBash, syntaxError } from './cursor.js';

const plainInValue = /[^ \t\n;'"\\$~&|<>()`{]+/y;
const endOfValue = /(?=[ \t\n;]|$)/y;
const tilde = /~(?=[/ \t\n;]|$)/y;
const singleQuoted = /'[^']*'/y;
const doubleQuoted = /"(?:[^"\\$`]|\\.)*"/sy;
const doubleQuotedSoFar = /"(?:[^"\\$`]|\\.)*/sy;
const escaped = /\\./sy;
const beginOfArray = /\(/y;
const betweenElements = /(?:[ \t\n]|\\\n|#[^\n]*)+/y;
/** In an array, `*`, `?` and `[` stand for files. */
const plainInArray = /[^ \t\n;'"\\$~&|<>()`{*?[]+/y;
const endOfElement = /(?=[ \t\n)]|$)/y;
const endOfArray = /\)(?:\\\n)*(?=[ \t\n;]|$)/y;

/** Home directories for which bash replaces `~` without any further processing. */
const plainHome = /^\/[A-Za-z0-9._/@+-]*[A-Za-z0-9._@+-]$/;

/**
 * Reads the value of an assignment, from its `=` to the end of the word.
 * @param home what `~` stands for
 * @throws {NeedsBash} for everything that is not literal
 * @throws {BackupError} if a quote is not closed
 */
export function readValue(cursor: Cursor, home: string | undefined): string {
  const line = cursor.line;
  if (cursor.match(tilde) === undefined) return readWord(cursor, plainInValue, endOfValue);
  if (home === undefined || !plainHome.test(home)) throw new NeedsBash(line, 'a `~` with an unusual HOME');
  return home + readWord(cursor, plainInValue, endOfValue);
}

/**
 * Reads the elements of an array, from its `(` to its `)`. They may be on several lines.
 * @returns undefined if no array begins here
 * @throws {NeedsBash} if bash would make anything but one element of a word
 * @throws {BackupError} if the array or a quote is not closed
 */
export function readArray(cursor: Cursor): string[] | undefined {
  const line = cursor.line;
  if (cursor.match(beginOfArray) === undefined) return undefined;
  const elements: string[] = [];
  for (;;) {
    cursor.match(betweenElements);
    if (cursor.match(endOfArray) !== undefined) return elements;
    if (cursor.peek() === ')') throw new NeedsBash(cursor.line, 'text right after the `)` of an array');
    if (cursor.peek() === '') {
      const hint = 'Write the missing `)` after the last element of the array that begins there.';
      throw syntaxError(cursor.file, line, 'The `(` that opens an array here is never closed.', hint);
    }
    elements.push(readWord(cursor, plainInArray, endOfElement));
  }
}

function readWord(cursor: Cursor, plain: RegExp, end: RegExp): string {
  let word = '';
  while (cursor.match(end) === undefined) word += cursor.match(plain) ?? readQuoted(cursor);
  return word;
}

/** Reads what is in quotes, or after a backslash. A backslash at the end of a line joins it to the next one. */
function readQuoted(cursor: Cursor): string {
  const single = cursor.match(singleQuoted);
  if (single !== undefined) return single.slice(1, -1);
  const double = cursor.match(doubleQuoted)?.slice(1, -1);
  if (double !== undefined) return double.replaceAll(/\\(?:\n|([$`"\\]))/g, '$1');
  const one = cursor.match(escaped)?.slice(1);
  if (one !== undefined) return one === '\n' ? '' : one;
  throw notLiteral(cursor);
}

function notLiteral(cursor: Cursor): NeedsBash | BackupError {
  const { line } = cursor;
  const character = cursor.peek();
  if (character === "'") return notClosed(cursor, line, 'single');
  if (cursor.match(doubleQuotedSoFar) === undefined)
    return new NeedsBash(line, `an unquoted \`${character}\``);
  const expansion = cursor.peek();
  if (expansion !== '$' && expansion !== '`') return notClosed(cursor, line, 'double');
  return new NeedsBash(cursor.line, `a \`${expansion}\` in double quotes`);
}

function notClosed({ file }: Cursor, line: number, kind: 'single' | 'double'): BackupError {
  const hint = `Write the missing ${kind} quote at the end of this value, or of a value above it.`;
  return syntaxError(file, line, `The ${kind} quote that opens here is never closed.`, hint);
}

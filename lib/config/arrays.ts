import { type Cursor, NeedsBash, SyntaxProblem } from './cursor.js';
import { readSpecial, type Word, type WordPart } from './words.js';

/** The value of an array: its words, each of which is one element. */
export interface ArrayValue {
  readonly elements: readonly Word[];
}

const textUnquoted = /[^ \t\n;'"\\$~&|<>()`{*?[]+/y;
const between = /(?:[ \t\n]|\\\n)+/y;
const comment = /#[^\n]*/y;

/**
 * Reads the words between the parentheses of an array, which may be on lines of their own.
 *
 * @throws {NeedsBash} where bash would make anything else of a word than one element.
 * @throws {SyntaxProblem} where the array is not closed.
 */
export function readArray(cursor: Cursor): ArrayValue {
  const line = cursor.line;
  const elements: Word[] = [];
  cursor.take();
  for (;;) {
    while (cursor.match(between) !== undefined || cursor.match(comment) !== undefined);
    if (cursor.peek() === '') throw unclosed(line);
    if (cursor.peek() === ')') break;
    elements.push(readElement(cursor));
  }
  cursor.take();
  while (cursor.atContinuation()) cursor.take(2);
  if (!cursor.atWordEnd()) throw new NeedsBash(cursor.line, 'text right after the `)` of an array');
  return { elements };
}

function unclosed(line: number): SyntaxProblem {
  const hint = 'Write the missing `)` after the last element of the array that begins there.';
  return new SyntaxProblem(line, 'The `(` that opens an array here is never closed.', hint);
}

function readElement(cursor: Cursor): Word {
  const parts: WordPart[] = [];
  while (!['', ' ', '\t', '\n', ')'].includes(cursor.peek())) {
    const text = cursor.match(textUnquoted);
    if (text !== undefined) parts.push({ kind: 'text', text });
    else parts.push(...readSpecialInElement(cursor));
  }
  return parts;
}

/** Unquoted, some characters stand for files, and a variable for any number of elements. */
function readSpecialInElement(cursor: Cursor): WordPart[] {
  const line = cursor.line;
  const character = cursor.peek();
  if ('*?['.includes(character)) throw new NeedsBash(line, `an unquoted \`${character}\` in an array`);
  const parts = readSpecial(cursor);
  if (character === '$' && parts.some(({ kind }) => kind === 'variable')) {
    throw new NeedsBash(line, 'an unquoted variable in an array');
  }
  return parts;
}

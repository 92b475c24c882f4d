import { type Cursor, NeedsBash, SyntaxProblem } from './cursor.js';
import { isSetByBash } from './special-variables.js';

/** A piece of a word: text with its quotes gone, the value of a variable, or the home directory. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly line: number }
  | { readonly kind: 'home'; readonly line: number };

/** A word: what its parts are together. */
export type Word = readonly WordPart[];

/** What came before, as far as it decides whether bash expands a `~` here. */
type Before = 'start' | 'colon' | 'plain' | 'unclear';

const textUnquoted = /[^ \t\n;'"\\$~&|<>()`{]+/y;
const textInDoubleQuotes = /[^"\\`$]+/y;
const nameAhead = /[A-Za-z_][A-Za-z0-9_]*/y;
const bracedName = /\{[A-Za-z_][A-Za-z0-9_]*\}/y;

/** Reads the value of an assignment, right after its `=`, up to the end of the word. */
export function readValue(cursor: Cursor): WordPart[] {
  const parts: WordPart[] = [];
  let before: Before = 'start';
  while (!cursor.atWordEnd()) {
    const character = cursor.peek();
    if (character === '~') {
      parts.push(readTilde(cursor, before));
      before = 'plain';
      continue;
    }
    const text = cursor.match(textUnquoted);
    if (text !== undefined) {
      parts.push({ kind: 'text', text });
      before = text.endsWith(':') ? 'colon' : text.endsWith('=') ? 'unclear' : 'plain';
      continue;
    }
    before = 'unclear';
    parts.push(...readSpecial(cursor));
  }
  return parts;
}

/** Reads what begins with a quote, a `$` or a backslash. @throws {NeedsBash} at everything else. */
export function readSpecial(cursor: Cursor): WordPart[] {
  const character = cursor.peek();
  if (character === "'") return [readSingleQuoted(cursor)];
  if (character === '"') return readDoubleQuoted(cursor);
  if (character === '$') return [readDollar(cursor, false)];
  if (character === '\\') return readBackslash(cursor);
  throw new NeedsBash(cursor.line, `an unquoted \`${character}\``);
}

function readTilde(cursor: Cursor, before: Before): WordPart {
  const line = cursor.line;
  if (before === 'unclear') throw new NeedsBash(line, 'a `~` in the middle of a word');
  cursor.take();
  if (before === 'plain') return { kind: 'text', text: '~' };
  if (cursor.atWordEnd() || cursor.peek() === '/' || cursor.peek() === ':') return { kind: 'home', line };
  throw new NeedsBash(line, 'a `~` that is followed by more than a `/`');
}

function readSingleQuoted(cursor: Cursor): WordPart {
  const line = cursor.line;
  const end = cursor.text.indexOf("'", cursor.position + 1);
  if (end === -1) throw unterminated(line, 'single');
  return { kind: 'text', text: cursor.take(end + 1 - cursor.position).slice(1, -1) };
}

function readDoubleQuoted(cursor: Cursor): WordPart[] {
  const line = cursor.line;
  const parts: WordPart[] = [];
  cursor.take();
  for (;;) {
    const character = cursor.peek();
    if (character === '') throw unterminated(line, 'double');
    if (character === '"') {
      cursor.take();
      return parts;
    }
    if (character === '`') throw new NeedsBash(cursor.line, 'a command substitution (backticks)');
    if (character === '$') parts.push(readDollar(cursor, true));
    else if (character === '\\') parts.push(...readBackslashInDoubleQuotes(cursor));
    else parts.push({ kind: 'text', text: cursor.match(textInDoubleQuotes) ?? '' });
  }
}

function unterminated(line: number, kind: 'single' | 'double'): SyntaxProblem {
  const hint = `Write the missing ${kind} quote at the end of the value that begins there, or of one above it that has none.`;
  return new SyntaxProblem(line, `The ${kind} quote that opens here is never closed.`, hint);
}

function readBackslash(cursor: Cursor): WordPart[] {
  if (cursor.atContinuation()) {
    cursor.take(2);
    return [];
  }
  if (cursor.peek(1) === '') throw new NeedsBash(cursor.line, 'a backslash at the end of the file');
  return [{ kind: 'text', text: cursor.take(2).slice(1) }];
}

function readBackslashInDoubleQuotes(cursor: Cursor): WordPart[] {
  const escaped = cursor.peek(1);
  if (escaped === '\n') {
    cursor.take(2);
    return [];
  }
  if (escaped !== '' && '$`"\\'.includes(escaped)) return [{ kind: 'text', text: cursor.take(2).slice(1) }];
  return [{ kind: 'text', text: cursor.take() }];
}

/** At a `$`: a variable, or the character itself where nothing else can be meant. */
function readDollar(cursor: Cursor, inDoubleQuotes: boolean): WordPart {
  const line = cursor.line;
  cursor.take();
  const name = cursor.match(nameAhead) ?? cursor.match(bracedName)?.slice(1, -1);
  if (name !== undefined) {
    if (cursor.atContinuation()) throw new NeedsBash(line, 'a variable name before a continued line');
    if (isSetByBash(name)) throw new NeedsBash(line, 'the value of a variable that bash itself sets');
    return { kind: 'variable', name, line };
  }
  const next = cursor.peek();
  const isItself = inDoubleQuotes ? next === '"' || next === ';' || cursor.atWordEnd() : cursor.atWordEnd();
  if (isItself || '/.,:%='.includes(next)) return { kind: 'text', text: '$' };
  throw new NeedsBash(line, dollarConstruct(next, inDoubleQuotes));
}

function dollarConstruct(next: string, inDoubleQuotes: boolean): string {
  if (next === '(') return 'a command substitution or an arithmetic expansion (`$(`)';
  if (next === '{') return 'a parameter expansion that is more than a name';
  if ((next === "'" || next === '"') && !inDoubleQuotes) return `a \`$${next}\` string`;
  return 'a `$` that is not followed by a name';
}

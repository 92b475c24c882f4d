// Reads the text of a config from beginning to end: assignments, their words, and the pieces of words.
import { isUtf8 } from 'node:buffer';
import { BackupError } from '../../cli/errors.js';
import { ARRAY_NAME } from '../settings.js';
import { isBashsOwn } from './special-variables.js';

/** Thrown for everything that the lexer does not read exactly as bash does. */
export class NeedsBash extends Error {
  /** From 1; `undefined` if the reason is not in the file. */
  readonly line: number | undefined;
  /** The kind of syntax; never the text, which may be part of the key. */
  readonly construct: string;

  constructor(line: number | undefined, construct: string) {
    super(construct);
    this.line = line;
    this.construct = construct;
  }
}

/**
 * An error for text that bash refuses, too, or understands differently from its author.
 * @param message never holds the file's text
 */
export function syntaxError(
  file: string,
  line: number,
  message: string,
  hint = `Correct line ${line} of ${file}.`,
): BackupError {
  return new BackupError(`${file}:${line}: ${message}`, { hint });
}

/** `NAME=value`, `EXCLUDE=(values)`, or only `NAME` after `export`. */
export interface Assignment {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly value: string | string[] | undefined;
  readonly isExported: boolean;
}

const blanks = /(?:[ \t]|\\\n)+/y;
const comment = /#[^\n]*/y;
const exportWord = /export(?=[ \t])/y;
const endOfCommand = /[\n;]/y;
const nameAndEquals = /[A-Za-z_][A-Za-z0-9_]*=/y;
const nameAlone = /[A-Za-z_][A-Za-z0-9_]*(?=[ \t\n;]|$)/y;
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
 * Reads a file of literal assignments, and returns exactly what bash would assign.
 * @param text a character for each byte of the file
 * @param file the config's name
 * @param home what `~` stands for
 * @throws {NeedsBash} for everything that is not such an assignment
 * @throws {BackupError} if a quote or an array is not closed, or a value is not UTF-8
 */
export function readAssignments(text: string, file: string, home: string | undefined): Assignment[] {
  const cursor = new Cursor(text, file);
  const assignments: Assignment[] = [];
  while (cursor.peek() !== '') {
    if (!atLineEnd(cursor)) assignments.push(...readCommand(cursor, home));
    cursor.match(endOfCommand);
  }
  return assignments;
}

/** Skips blanks, continuations and a comment. @returns whether the line ends there */
function atLineEnd(cursor: Cursor): boolean {
  cursor.match(blanks);
  cursor.match(comment);
  return cursor.peek() === '\n' || cursor.peek() === '';
}

/** The assignments up to a `;` or the end of the line. */
function readCommand(cursor: Cursor, home: string | undefined): Assignment[] {
  const line = cursor.line;
  const isExported = cursor.match(exportWord) !== undefined;
  const assignments: Assignment[] = [];
  while (!atLineEnd(cursor) && cursor.peek() !== ';') {
    assignments.push(readAssignment(cursor, home, isExported));
  }
  if (assignments.length > 0) return assignments;
  throw new NeedsBash(line, isExported ? 'an `export` of nothing' : 'a stray `;`');
}

function readAssignment(cursor: Cursor, home: string | undefined, isExported: boolean): Assignment {
  const line = cursor.line;
  const assigned = cursor.match(nameAndEquals)?.slice(0, -1);
  const name = assigned ?? (isExported ? cursor.match(nameAlone) : undefined);
  if (name === undefined) throw new NeedsBash(line, 'a command, or something else than NAME=value');
  if (isBashsOwn(name)) throw new NeedsBash(line, 'a variable that bash itself uses');
  if (assigned === undefined) return { name, line, value: undefined, isExported };
  const elements = name === ARRAY_NAME ? readArray(cursor) : undefined;
  if (elements === undefined) {
    return { name, line, value: inUtf8(readValue(cursor, home), cursor.file, line), isExported };
  }
  if (isExported) throw new NeedsBash(line, 'an `export` of an array');
  return { name, line, value: elements.map((element) => inUtf8(element, cursor.file, line)), isExported };
}

/** @param value a character for each byte */
function inUtf8(value: string, file: string, line: number): string {
  const bytes = Buffer.from(value, 'latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw syntaxError(file, line, 'This value is not UTF-8.', 'Save the file as UTF-8.');
}

/**
 * Reads the value of an assignment, from its `=` to the end of the word.
 * @param home what `~` stands for
 * @throws {NeedsBash} for everything that is not literal
 * @throws {BackupError} if a quote is not closed
 */
function readValue(cursor: Cursor, home: string | undefined): string {
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
function readArray(cursor: Cursor): string[] | undefined {
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

/** A place in the config's text, which has one character for each byte of the file. */
class Cursor {
  /** From 1. */
  line = 1;
  /** The config's name, for messages. */
  readonly file: string;
  readonly #text: string;
  #position = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.file = file;
  }

  /** The next character; '' at the end. */
  peek(): string {
    return this.#text.charAt(this.#position);
  }

  /** Moves past the match of `pattern` (sticky) and returns it. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    this.#position += found?.length ?? 0;
    this.line += (found?.split('\n').length ?? 1) - 1;
    return found;
  }
}

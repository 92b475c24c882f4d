import { isUtf8 } from 'node:buffer';
import { ARRAY_NAME } from '../settings.js';
import { Cursor, NeedsBash, syntaxError } from './cursor.js';
import { isBashsOwn } from './special-variables.js';
import { readArray, readValue } from './words.js';

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

/**
 * Reads a file of literal assignments: what it returns is what bash would assign.
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

import { type ArrayValue, readArray } from './arrays.js';
import { type Cursor, NeedsBash } from './cursor.js';
import { LIST_NAME } from './settings.js';
import { isSetByBash } from './special-variables.js';
import { readValue, type Word } from './words.js';

/** `NAME=value`, `NAME=(values)`, or only `NAME` after `export`. */
export interface Assignment {
  readonly name: string;
  readonly line: number;
  readonly value: Word | ArrayValue | undefined;
}

/** Assignments that bash makes together: all those of one command. */
export interface Command {
  readonly exports: boolean;
  readonly assignments: readonly Assignment[];
}

const blanks = /[ \t]+/y;
const comment = /#[^\n]*/y;
const exportWord = /export(?=[ \t])/y;
const nameAndEquals = /[A-Za-z_][A-Za-z0-9_]*=/y;
const nameAlone = /[A-Za-z_][A-Za-z0-9_]*(?=[ \t\n;]|$)/y;

/**
 * The commands of the next line, continued lines and quoted newlines included: what bash
 * reads before it runs any of it.
 *
 * @throws {NeedsBash} at everything that is not an assignment.
 * @throws {SyntaxProblem} where a quote is not closed.
 */
export function readLine(cursor: Cursor): Command[] {
  const commands: Command[] = [];
  for (;;) {
    if (atLineEnd(cursor)) {
      cursor.take();
      return commands;
    }
    commands.push(readCommand(cursor));
    if (cursor.peek() === ';') cursor.take();
  }
}

/** Skips blanks, continuations and a comment; is the line at its end then? */
function atLineEnd(cursor: Cursor): boolean {
  skipBlanks(cursor);
  cursor.match(comment);
  return cursor.peek() === '\n' || cursor.peek() === '';
}

function skipBlanks(cursor: Cursor): void {
  while (cursor.match(blanks) !== undefined || cursor.atContinuation()) {
    if (cursor.atContinuation()) cursor.take(2);
  }
}

function readCommand(cursor: Cursor): Command {
  const line = cursor.line;
  const exports = cursor.match(exportWord) !== undefined;
  const assignments: Assignment[] = [];
  while (!atLineEnd(cursor) && cursor.peek() !== ';') assignments.push(readAssignment(cursor, exports));
  if (assignments.length === 0) throw new NeedsBash(line, exports ? 'an `export` of nothing' : 'a stray `;`');
  return { exports, assignments };
}

function readAssignment(cursor: Cursor, exports: boolean): Assignment {
  const line = cursor.line;
  const name = cursor.match(nameAndEquals)?.slice(0, -1);
  if (name !== undefined) {
    if (isSetByBash(name)) throw new NeedsBash(line, 'an assignment to a variable that bash itself uses');
    if (name !== LIST_NAME || cursor.peek() !== '(') return { name, line, value: readValue(cursor) };
    if (exports) throw new NeedsBash(line, 'an `export` of an array');
    return { name, line, value: readArray(cursor) };
  }
  const exported = exports ? cursor.match(nameAlone) : undefined;
  if (exported === undefined) throw new NeedsBash(line, 'a command, or something else than NAME=value');
  if (isSetByBash(exported)) throw new NeedsBash(line, 'an export of a variable that bash itself uses');
  return { name: exported, line, value: undefined };
}

import { Cursor, NeedsBash, SyntaxProblem } from './cursor.js';
import { type Assignment, type Command, readLine } from './lexer.js';
import { isSettingName } from './settings.js';
import { ShellVariables } from './shell-variables.js';
import { isOneLine } from './shown.js';
import { bashModifier, isCharsetVariable, isDefaultedByBash, isPlainCharset } from './special-variables.js';
import { fromBytes, hasControlCharacter, textOf } from './text.js';
import { type ConfigValues, type Environment, namesUsed } from './values.js';
import type { Word, WordPart } from './words.js';

/** Home directories that bash puts in the place of `~` as they are. */
const plainHome = /^\/[A-Za-z0-9._/@+-]*[A-Za-z0-9._@+-]$/;

/** What the lexer makes of a file. */
export type Evaluation =
  | { readonly kind: 'values'; readonly values: ConfigValues }
  | { readonly kind: 'needs-bash'; readonly line: number | undefined; readonly construct: string }
  | { readonly kind: 'problem'; readonly problem: SyntaxProblem };

/** Where a config is read: its name as given, and the environment and directory the original would run in. */
export interface Surroundings {
  readonly file: string;
  readonly environment: Environment;
  readonly directory: string;
}

/** Reads assignments without bash, or says why it cannot. Pure: nothing is started or opened. */
export function evaluate(bytes: Buffer, surroundings: Surroundings): Evaluation {
  const modifier = bashModifier(surroundings.environment);
  if (modifier !== undefined) return { kind: 'needs-bash', line: undefined, construct: modifier };
  try {
    return { kind: 'values', values: valuesOf(bytes, surroundings) };
  } catch (error) {
    if (error instanceof NeedsBash)
      return { kind: 'needs-bash', line: error.line, construct: error.construct };
    if (error instanceof SyntaxProblem) return { kind: 'problem', problem: error };
    throw error;
  }
}

function valuesOf(bytes: Buffer, { file, environment, directory }: Surroundings): ConfigValues {
  const text = textOf(bytes, file);
  const isAscii = bytes.every((byte) => byte < 128);
  if (!isAscii && !isPlainCharset(environment)) {
    throw new NeedsBash(undefined, 'text that is not ASCII, in a locale that is not UTF-8');
  }
  const variables = new ShellVariables(file, environment);
  const cursor = new Cursor(text);
  while (cursor.peek() !== '') {
    for (const command of readLine(cursor)) execute(command, variables, isAscii);
  }
  return {
    values: variables.settings(),
    exclude: variables.exclude(),
    lines: variables.lines,
    assigned: new Set(variables.lines.keys()),
    used: namesUsed(text),
    environment: variables.environment(),
    directory,
    warnings: [],
  };
}

/** `export` expands all its words before it assigns any; bare assignments take effect one by one. */
function execute(command: Command, variables: ShellVariables, isAscii: boolean): void {
  const inBatches = command.exports ? [command.assignments] : command.assignments.map((one) => [one]);
  for (const batch of inBatches) {
    const values = batch.map((assignment) => expand(assignment, variables));
    for (const [index, assignment] of batch.entries()) {
      const value = values[index];
      if (value !== undefined) assign(assignment, value, variables, isAscii);
      if (command.exports) variables.export(assignment.name);
    }
  }
}

function assign(
  { name, line }: Assignment,
  value: string | string[],
  variables: ShellVariables,
  isAscii: boolean,
): void {
  if (!isAscii && isCharsetVariable(name)) throw new NeedsBash(line, 'a change of the locale');
  const isList = typeof value !== 'string';
  if ((isList ? value : [value]).some((text) => fromBytes(text) === undefined)) {
    throw new SyntaxProblem(line, 'This value is not UTF-8.', 'Save the file as UTF-8.');
  }
  if (isList) variables.assignList(value, line);
  else if (variables.isList(name)) throw new NeedsBash(line, 'a single value for what is an array already');
  else variables.assign(name, value, line);
}

function expand({ name, value }: Assignment, variables: ShellVariables): string | string[] | undefined {
  const expandWord = (word: Word) => word.map((part) => expandPart(part, name, word, variables)).join('');
  if (value === undefined) return undefined;
  return 'elements' in value ? value.elements.map(expandWord) : expandWord(value);
}

function expandPart(part: WordPart, target: string, word: Word, variables: ShellVariables): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'home') {
    const home = variables.get('HOME');
    if (home === undefined || !plainHome.test(home))
      throw new NeedsBash(part.line, 'a `~` with an unusual HOME');
    return home;
  }
  if (variables.isList(part.name)) throw new NeedsBash(part.line, 'the value of an array');
  const value = variables.get(part.name);
  if (value === undefined) {
    if (isDefaultedByBash(part.name)) throw new NeedsBash(part.line, 'a variable that bash gives a default');
    throw unset(part.name, part.line, target, word);
  }
  if (hasControlCharacter(value)) throw new NeedsBash(part.line, 'a variable that holds control characters');
  return value;
}

/** Names the variable only where the value it stands in is no secret: a `$` in a key begins no variable. */
function unset(name: string, line: number, target: string, word: Word): SyntaxProblem {
  const isPlain = word.every((part) => part.kind !== 'text' || isOneLine(part.text));
  if (isSettingName(target) && target !== 'ENCRYPTION_KEY' && isPlain) {
    return new SyntaxProblem(line, `${target} uses $${name}, which has no value.`);
  }
  const hint = "Where a `$` is meant as itself, put the value in single quotes: NAME='value'.";
  return new SyntaxProblem(
    line,
    'A `$` in this value begins the name of a variable that has no value.',
    hint,
  );
}

import { assignedBeforehand, LIST_NAME, scalarNames } from '../settings.js';
import { type BashVariables, type ConfigValues, entriesOf } from '../values.js';
import { NeedsBash, SyntaxProblem } from './cursor.js';
import { type Assignment, readAssignments } from './lexer.js';
import { bashModifier, isCharsetVariable, isPlainCharset } from './special-variables.js';
import { textOf } from './text.js';

/** What the lexer makes of a file. */
export type Evaluation =
  | { readonly kind: 'values'; readonly values: ConfigValues }
  | { readonly kind: 'needs-bash'; readonly line: number | undefined; readonly construct: string }
  | { readonly kind: 'problem'; readonly problem: SyntaxProblem };

/** Reads literal assignments without bash, or says why it cannot. Pure: nothing is started or opened. */
export function evaluate(bytes: Buffer, surroundings: BashVariables): Evaluation {
  try {
    return { kind: 'values', values: valuesOf(assignmentsIn(bytes, surroundings), surroundings) };
  } catch (error) {
    if (error instanceof NeedsBash) {
      return { kind: 'needs-bash', line: error.line, construct: error.construct };
    }
    if (error instanceof SyntaxProblem) return { kind: 'problem', problem: error };
    throw error;
  }
}

function assignmentsIn(bytes: Buffer, { file, environment }: BashVariables): Assignment[] {
  const modifier = bashModifier(environment);
  if (modifier !== undefined) throw new NeedsBash(undefined, modifier);
  const text = textOf(bytes, file);
  const isAscii = bytes.every((byte) => byte < 128);
  if (!isAscii && !isPlainCharset(environment)) {
    throw new NeedsBash(undefined, 'text that is not ASCII, in a locale that is not UTF-8');
  }
  const assignments = readAssignments(text, environment['HOME']);
  const change = assignments.find(({ name, value }) => value !== undefined && isCharsetVariable(name));
  if (!isAscii && change !== undefined) throw new NeedsBash(change.line, 'a change of the locale');
  return assignments;
}

/** What the shell's variables are after the assignments, as the original's are, which assigns its defaults before them. */
function valuesOf(
  assignments: readonly Assignment[],
  { file, environment, directory }: BashVariables,
): ConfigValues {
  const own = new Map(Object.entries({ CONFIG_FILE: file, ...assignedBeforehand }));
  const exported = new Map(entriesOf(environment).filter(([name]) => name !== LIST_NAME));
  const values = new Map<string, string>();
  const lines = new Map<string, number>();
  let list: readonly string[] | undefined;
  for (const { name, line, value } of assignments) {
    if (value === undefined) continue;
    lines.set(name, line);
    if (typeof value !== 'string') list = value;
    else if (name !== LIST_NAME || list === undefined) own.set(name, value);
    else throw new NeedsBash(line, 'a single value for what is an array already');
  }
  for (const name of scalarNames) {
    const value = own.get(name) ?? exported.get(name);
    if (value !== undefined) values.set(name, value);
  }
  const namesExported = new Set(assignments.filter((it) => it.isExported).map(({ name }) => name));
  for (const [name, value] of own) {
    if (exported.has(name) || namesExported.has(name)) exported.set(name, value);
  }
  for (const name of ['ENCRYPTION_KEY', LIST_NAME]) exported.delete(name);
  return {
    values,
    exclude: list ?? [own.get(LIST_NAME) ?? ''].filter((pattern) => pattern !== ''),
    lines,
    assigned: new Set(lines.keys()),
    used: new Set(),
    environment: Object.fromEntries(exported),
    directory,
    warnings: [],
  };
}

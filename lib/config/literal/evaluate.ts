import { shellQuote } from '../../cli/errors.js';
import { ARRAY_NAME, defaults, scalarNames } from '../settings.js';
import { type ConfigValues, entriesOf, type ShellContext } from '../values.js';
import { type Assignment, NeedsBash, readAssignments, syntaxError } from './lexer.js';
import { bashModifier, isCharsetVariable, isPlainCharset } from './special-variables.js';

/** A construct that only bash can read. */
export interface BashConstruct {
  readonly kind: 'needs-bash';
  /** From 1; `undefined` if it is not in the file. */
  readonly line: number | undefined;
  /** Such as `a command`; never the text, which may be part of the key. */
  readonly construct: string;
}

/** The values of a file, or what only bash can read. */
export type Evaluation = { readonly kind: 'values'; readonly values: ConfigValues } | BashConstruct;

/**
 * Reads a config of literal assignments without bash. Pure: it starts and opens nothing.
 * @throws {BackupError} for a syntax that bash does not understand either
 */
export function evaluate(bytes: Buffer, shell: ShellContext): Evaluation {
  try {
    return { kind: 'values', values: valuesOf(assignmentsIn(bytes, shell), shell) };
  } catch (error) {
    if (!(error instanceof NeedsBash)) throw error;
    return { kind: 'needs-bash', line: error.line, construct: error.construct };
  }
}

function assignmentsIn(bytes: Buffer, { file, environment }: ShellContext): Assignment[] {
  const modifier = bashModifier(environment);
  if (modifier !== undefined) throw new NeedsBash(undefined, modifier);
  assertPlainText(bytes, file);
  const isAscii = bytes.every((byte) => byte < 128);
  if (!isAscii && !isPlainCharset(environment))
    throw new NeedsBash(undefined, 'text that is not ASCII, in a locale that is not UTF-8');
  const assignments = readAssignments(bytes.toString('latin1'), file, environment['HOME']);
  const change = assignments.find(({ name, value }) => value !== undefined && isCharsetVariable(name));
  if (!isAscii && change !== undefined) throw new NeedsBash(change.line, 'a change of the locale');
  return assignments;
}

/**
 * @throws {BackupError} for a byte order mark and for Windows line endings
 * @throws {NeedsBash} for control characters
 */
function assertPlainText(bytes: Buffer, file: string): void {
  const start = bytes.toString('latin1', 0, 3);
  if (start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff'))
    throw syntaxError(file, 1, 'The file is in UTF-16.', 'Save it as UTF-8 without a byte order mark.');
  if (start === '\xef\xbb\xbf') {
    const message = 'The file begins with a byte order mark, which bash does not understand.';
    const hint = `Remove it: sed -i '1s/^\\xef\\xbb\\xbf//' ${shellQuote(file)}`;
    throw syntaxError(file, 1, message, hint);
  }
  let line = 1;
  for (const [at, byte] of bytes.entries()) {
    if (byte === 10) line += 1;
    else if (byte === 13 && (bytes[at + 1] === 10 || at + 1 === bytes.length)) {
      const message = 'The file has Windows line endings (CRLF), which would become part of the values.';
      throw syntaxError(file, line, message, `Remove them: sed -i 's/\\r$//' ${shellQuote(file)}`);
    } else if (byte === 127 || (byte < 32 && byte !== 9)) throw new NeedsBash(line, 'a control character');
  }
}

/** The values of bash's variables after the assignments. As in the original, the defaults are assigned first. */
function valuesOf(
  assignments: readonly Assignment[],
  { file, environment, directory }: ShellContext,
): ConfigValues {
  const variables = new Map(Object.entries({ CONFIG_FILE: file, ...defaults }));
  const exported = new Map(entriesOf(environment).filter(([name]) => name !== ARRAY_NAME));
  const lines = new Map<string, number>();
  let array: readonly string[] | undefined;
  for (const { name, line, value } of assignments) {
    if (value === undefined) continue;
    lines.set(name, line);
    if (typeof value !== 'string') array = value;
    else if (name !== ARRAY_NAME || array === undefined) variables.set(name, value);
    else throw new NeedsBash(line, 'a single value for what is an array already');
  }
  const values = new Map<string, string>();
  for (const name of scalarNames) {
    const value = variables.get(name) ?? exported.get(name);
    if (value !== undefined) values.set(name, value);
  }
  const namesExported = new Set(assignments.filter((it) => it.isExported).map(({ name }) => name));
  for (const [name, value] of variables)
    if (exported.has(name) || namesExported.has(name)) exported.set(name, value);
  for (const name of ['ENCRYPTION_KEY', ARRAY_NAME]) exported.delete(name);
  return {
    values,
    exclude: array ?? [variables.get(ARRAY_NAME) ?? ''].filter((pattern) => pattern !== ''),
    lines,
    assigned: new Set(lines.keys()),
    namesUsed: new Set(),
    environment: Object.fromEntries(exported),
    directory,
    warnings: [],
  };
}

import { BackupError } from '../../cli/errors.js';

/** Thrown for all that the lexer does not read exactly as bash does. */
export class NeedsBash extends Error {
  /** From 1; `undefined` if the reason is not in the file. */
  readonly line: number | undefined;
  /** The kind of syntax, never the text, which may be the key's. */
  readonly construct: string;

  constructor(line: number | undefined, construct: string) {
    super(construct);
    this.line = line;
    this.construct = construct;
  }
}

/**
 * What bash refuses too, or understands in another way than its author.
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

/** A place in the config's text, which has one character for each byte of the file. */
export class Cursor {
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

  /** Moves over what `pattern` (sticky) matches here and returns it. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    this.#position += found?.length ?? 0;
    this.line += (found?.split('\n').length ?? 1) - 1;
    return found;
  }
}

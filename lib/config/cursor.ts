/**
 * What the lexer understands, it reads as bash does. It throws this for everything else:
 * `construct` names the kind of syntax, never the text, which may be the key's.
 */
export class NeedsBash extends Error {
  readonly line: number | undefined;
  readonly construct: string;

  constructor(line: number | undefined, construct: string) {
    super(construct);
    this.line = line;
    this.construct = construct;
  }
}

/** What bash refuses too, or what would be read wrongly by everyone. Never holds the file's text. */
export class SyntaxProblem extends Error {
  readonly line: number;
  readonly hint: string | undefined;

  constructor(line: number, message: string, hint?: string) {
    super(message);
    this.line = line;
    this.hint = hint;
  }
}

/** A place in the config's text, where one character stands for one byte of the file. */
export class Cursor {
  position = 0;
  line = 1;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The character `ahead` of the next one; '' after the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.position + ahead);
  }

  /** Moves over `count` characters and returns them. */
  take(count = 1): string {
    const taken = this.text.slice(this.position, this.position + count);
    this.position += taken.length;
    for (let at = taken.indexOf('\n'); at !== -1; at = taken.indexOf('\n', at + 1)) this.line += 1;
    return taken;
  }

  /** Moves over what `pattern` (sticky) matches here and returns it. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    return found === undefined ? undefined : this.take(found.length);
  }

  /** At a backslash that joins this line with the next one? */
  atContinuation(): boolean {
    return this.peek() === '\\' && this.peek(1) === '\n';
  }

  /** At a blank, a newline, a `;` or the end: where an unquoted word ends. */
  atWordEnd(): boolean {
    return ['', ' ', '\t', '\n', ';'].includes(this.peek());
  }
}

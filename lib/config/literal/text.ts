import { isUtf8 } from 'node:buffer';
import { shellQuote } from '../shell-quote.js';
import { NeedsBash, SyntaxProblem } from './cursor.js';

/**
 * The file's bytes, one a character: that is how bash looks at them, and a comment may
 * hold any.
 *
 * @throws {SyntaxProblem} at a byte order mark and at Windows line endings.
 * @throws {NeedsBash} at control characters.
 */
export function textOf(bytes: Buffer, file: string): string {
  const begin = bytes.toString('latin1', 0, 3);
  if (begin.startsWith('\xff\xfe') || begin.startsWith('\xfe\xff')) {
    throw new SyntaxProblem(1, 'The file is in UTF-16.', 'Save it as UTF-8 without a byte order mark.');
  }
  if (begin === '\xef\xbb\xbf') {
    const hint = `Remove it: sed -i '1s/^\\xef\\xbb\\xbf//' ${shellQuote(file)}`;
    throw new SyntaxProblem(
      1,
      'The file begins with a byte order mark, which bash does not understand.',
      hint,
    );
  }
  let line = 1;
  for (const [at, byte] of bytes.entries()) {
    if (byte === 10) line += 1;
    else if (byte === 13 && (bytes[at + 1] === 10 || at + 1 === bytes.length)) {
      const message = 'The file has Windows line endings (CRLF), which would become part of the values.';
      throw new SyntaxProblem(line, message, `Remove them: sed -i 's/\\r$//' ${shellQuote(file)}`);
    } else if (byte === 127 || (byte < 32 && byte !== 9)) throw new NeedsBash(line, 'a control character');
  }
  return bytes.toString('latin1');
}

/** The text of a value whose characters are bytes; `undefined` when it is not UTF-8. */
export function fromBytes(value: string): string | undefined {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

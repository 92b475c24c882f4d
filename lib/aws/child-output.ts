// Reads the output of a child process line by line, with flat memory.
import type { Readable } from 'node:stream';

/** A longer line is cut into several (characters). */
const LONGEST = 1 << 16;

/** Splits a UTF-8 stream at each match of `separator`. */
export async function* splitLines(stream: Readable, separator: RegExp): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const parts = `${rest}${chunk}`.split(separator);
    rest = parts.pop() ?? '';
    yield* parts;
    if (rest.length > LONGEST) {
      yield rest;
      rest = '';
    }
  }
  if (rest !== '') yield rest;
}

/** How many lines of standard error are kept: the last ones say why a child failed. */
const KEPT = 20;

/** Reads `stream` to its end, and calls `onLine` for each line. @returns the last lines */
export async function lastLinesOf(stream: Readable, onLine?: (line: string) => void): Promise<string> {
  const kept: string[] = [];
  for await (const line of splitLines(stream, /\r?\n/)) {
    onLine?.(line);
    kept.push(line);
    if (kept.length > KEPT) kept.shift();
  }
  return kept.join('\n');
}

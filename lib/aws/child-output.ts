import type { Readable } from 'node:stream';

/** A line longer than this is cut into several: no child can make us hold more than that. */
const LONGEST = 1 << 16;

/** Yields the parts of a UTF-8 stream between matches of `separator`, the unfinished last one included. */
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

/** How many lines of a child's standard error are kept: its last words tell why it failed. */
const KEPT = 20;

/** Reads `stream` to its end with flat memory; returns its last lines, and passes each on as it comes. */
export async function lastLinesOf(stream: Readable, onLine?: (line: string) => void): Promise<string> {
  const kept: string[] = [];
  for await (const line of splitLines(stream, /\r?\n/)) {
    onLine?.(line);
    kept.push(line);
    if (kept.length > KEPT) kept.shift();
  }
  return kept.join('\n');
}

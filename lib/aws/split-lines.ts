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

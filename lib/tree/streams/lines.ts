import type { Readable } from 'node:stream';

/**
 * The lines of a UTF-8 stream, of any length: names and link targets are part of them. An unfinished last line
 * is yielded, too. As many at a time as have come: waiting for each of them would cost more than reading it.
 */
export async function* linesOf(stream: Readable): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}

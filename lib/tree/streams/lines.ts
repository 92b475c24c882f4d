// Lines of text, read and written with flat memory.
import { closeSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batches } from './batches.js';

/** How much of a file is read at a time (bytes). */
const READ = 1 << 14;

/**
 * The lines of a UTF-8 stream, of any length, in batches. The last one need not end in a newline.
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

/**
 * The lines of a file, without what follows the last newline. One buffer is reused: a stream's buffers would pile up
 * until the next garbage collection.
 */
export async function* linesOfFile(file: string): Batches<string> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(READ);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer)) {
      const lines = `${rest}${decoder.write(buffer.subarray(0, length))}`.split('\n');
      rest = lines.pop() ?? '';
      yield lines;
      await nextTurn(); // Lets signals and children be handled.
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Encodes texts into one buffer, since new ones would pile up until the next garbage collection. */
export class TextBuffer {
  #buffer = Buffer.alloc(0);

  /** The UTF-8 bytes of `text`, valid until the next call. */
  encode(text: string): Buffer {
    // A UTF-16 unit takes three bytes at most.
    if (this.#buffer.length < text.length * 3) this.#buffer = Buffer.alloc(text.length * 4);
    return this.#buffer.subarray(0, this.#buffer.write(text, 'utf8'));
  }
}

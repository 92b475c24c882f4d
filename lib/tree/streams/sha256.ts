// Checksums, in hexadecimal digits.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** @throws what `chunks` throws */
export async function sha256Of(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** The checksum of an open file, or of a part of it (`first` and `last` included). */
export function sha256OfOpen(
  descriptor: number,
  part = { first: 0, last: Number.POSITIVE_INFINITY },
): Promise<string> {
  const { first: start, last: end } = part;
  return sha256Of(createReadStream('', { fd: descriptor, autoClose: false, start, end }));
}

/** Reuses one buffer: a stream's buffers would pile up until the next garbage collection. */
export async function sha256OfFile(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(1 << 16);
    for (;;) {
      // In an object, since Node 20.11 and older read nothing into a buffer alone.
      const { bytesRead } = await handle.read({ buffer });
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

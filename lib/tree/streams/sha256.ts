import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** The checksum of everything that `chunks` yields, in hexadecimal digits. @throws what `chunks` throws */
export async function sha256Of(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** Read by a buffer that is used again and again: a stream's would pile up until the next garbage collection. */
export async function sha256OfFile(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(1 << 16);
    for (;;) {
      // Given the buffer alone, Node 20.11 and before read nothing.
      const { bytesRead } = await handle.read({ buffer });
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

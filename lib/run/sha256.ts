import { createHash } from 'node:crypto';

/** The checksum of everything that `chunks` yields, in hexadecimal digits. @throws what `chunks` throws */
export async function sha256Of(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

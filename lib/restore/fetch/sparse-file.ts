// Files with holes: blocks of zeros take no space on disk.
import {
  chmodSync,
  closeSync,
  createReadStream,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { errnoOf } from '../../cli/errors.js';
import type { Interruption } from '../../cli/signals/interruption.js';
import { MIN_HOLES } from '../../tree/disk/inode.js';

/** File systems make holes of whole blocks of this size, or smaller ones. */
const BLOCK = 4096;
const ZEROS = Buffer.alloc(BLOCK);

/** Writes a new file, with holes for blocks of zeros. @throws the system's error; the file is then incomplete */
export async function writeSparsely(content: AsyncIterable<Buffer>, path: string): Promise<void> {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    let position = 0;
    for await (const chunk of content) {
      let written = 0;
      for (let at = 0; at < chunk.length; ) {
        const end = Math.min(chunk.length, at + BLOCK - ((position + at) % BLOCK));
        if (chunk.compare(ZEROS, 0, end - at, at, end) === 0) {
          writeAt(descriptor, chunk.subarray(written, at), position + written);
          written = end;
        }
        at = end;
      }
      writeAt(descriptor, chunk.subarray(written), position + written);
      position += chunk.length;
    }
    ftruncateSync(descriptor, position);
  } finally {
    closeSync(descriptor);
  }
}

/** True if a file has as many blocks of zeros as a tree would note as holes. @throws the system's error */
export async function mayHaveHoles(path: string, interruption: Interruption): Promise<boolean> {
  let zeros = 0;
  for await (const chunk of chunksOf(path, interruption)) {
    for (let at = 0; at + BLOCK <= chunk.length; at += BLOCK)
      if (chunk.compare(ZEROS, 0, BLOCK, at, at + BLOCK) === 0) zeros += BLOCK;
    if (zeros >= MIN_HOLES) return true;
  }
  return false;
}

/**
 * Replaces a file by a copy with holes, and with its mode and mtime. If the disk has no space for both, the file stays as
 * it is.
 */
export async function makeSparse(path: string, interruption: Interruption): Promise<void> {
  const copy = `${path}.sparse`;
  try {
    const { mode, atime, mtime } = statSync(path);
    await writeSparsely(chunksOf(path, interruption), copy);
    chmodSync(copy, mode & 0o777);
    utimesSync(copy, atime, mtime);
    renameSync(copy, path);
  } catch (error) {
    rmSync(copy, { force: true });
    if (errnoOf(error) === undefined) throw error;
  }
}

/** @throws {InterruptedError} if a signal arrives: a file may be as large as a disk */
async function* chunksOf(path: string, interruption: Interruption): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: MIN_HOLES }) as AsyncIterable<Buffer>) {
    interruption.check();
    yield chunk;
  }
}

function writeAt(descriptor: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length; )
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
}

// Writes a file whose folder may belong to others: a new one, or one that replaces an older file when it is complete.
// Nothing is written through a link that somebody else may have made.
import { randomUUID } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Bytes } from '../../bytes.js';
import { type OpenPlace, openPlace, pathIn } from './trusted-place.js';

/** Gives the file's text to `append`, piece by piece. */
export type WriteText = (append: (text: string) => void) => Promise<void> | void;

/**
 * Creates a file for this user alone, mode 0600. It is on disk when this returns; if `write` fails, it is removed.
 * @throws as `openPlace` and `write`; the system's error EEXIST if its name exists
 */
export async function writeNewFile(file: string, write: WriteText): Promise<void> {
  const { folder, name } = openPlace(file);
  try {
    await writeText(pathIn(folder, name), write, (path) => openSync(path, 'wx', 0o600));
  } finally {
    closeSync(folder);
  }
}

/**
 * Writes a file beside the place and renames it, so that nobody sees half of it. If `write` fails, the older file
 * stays.
 * @param mode by default the mode of this user's older file; of a new one, what umask leaves
 * @throws as `write`; the system's error
 */
export async function replaceFile(
  { folder, name, found }: OpenPlace,
  write: WriteText,
  mode = found?.uid === process.geteuid?.() ? found?.mode : undefined,
): Promise<void> {
  // run-parts(8), systemd and Prometheus's collector ignore such a name.
  const aside = pathIn(folder, `.encrypted-s3-${randomUUID()}` as Bytes);
  const create = (path: string | Buffer) => {
    const descriptor = openSync(path, 'wx', (found?.mode ?? 0o666) & 0o666);
    if (mode !== undefined) fchmodSync(descriptor, mode & 0o777);
    return descriptor;
  };
  await writeText(aside, write, create);
  try {
    renameSync(aside, pathIn(folder, name));
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

async function writeText(
  path: string | Buffer,
  write: WriteText,
  create: (path: string | Buffer) => number,
): Promise<void> {
  const descriptor = create(path);
  try {
    await write((text) => appendWhole(descriptor, Buffer.from(text)));
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** A single write may be short, as on a full disk. */
function appendWhole(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

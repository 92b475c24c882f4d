// LOCAL_LIST: the listing of the prefix in a local file, as the original makes it, but never half of one.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { devNull } from 'node:os';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { listPrefix, parseWholeListing, type StoredObject } from '../aws/listing.js';
import { BackupError, describeError, errnoOf } from '../cli/errors.js';
import type { Bytes } from '../tree/bytes.js';
import { type OpenPlace, openPlace, pathIn } from '../tree/disk/trusted-place.js';
import type { Batches } from '../tree/streams/batches.js';
import type { Backup } from './backup.js';
import { listText } from './local-list/list-text.js';
import { failureAfterBackup } from './report.js';

/** This process's own output, which is no file in a folder. */
const STREAMS = new Map<string, Writable>([
  ['/dev/stdout', process.stdout],
  ['/dev/stderr', process.stderr],
]);

/** Where the pieces of the list go. */
type Consumer = (pieces: AsyncGenerator<string>) => Promise<void>;

/**
 * Writes the listing to a new file beside LOCAL_LIST, if that is set, and renames it.
 * @throws {BackupError} if it can't be written; an older list stays as it is
 */
export async function writeLocalList({ aws, prefix, config }: Backup): Promise<void> {
  const file = config.localList;
  if (file === undefined) return;
  const write = (consumer: Consumer) => {
    const read = (objects: Batches<StoredObject>) => consumer(listText(objects, prefix));
    return listPrefix(aws, prefix, read, parseWholeListing);
  };
  let place: OpenPlace | undefined;
  try {
    const stream = STREAMS.get(file);
    if (stream !== undefined) return await write((pieces) => pipeline(pieces, stream, { end: false }));
    place = openPlace(file);
    if (isDevNull(place.found)) return;
    if (place.found?.isFile() === false) throw notRegular(file);
    await writeTo(place, write);
  } catch (error) {
    if (error instanceof BackupError) throw failureAfterBackup(`LOCAL_LIST "${file}" was not written`, error);
    if (errnoOf(error) === undefined) throw error;
    throw new BackupError(
      `The backup is done, but LOCAL_LIST "${file}" can't be written: ${describeError(error)}.`,
      {
        hint: 'LOCAL_LIST must name a file in a folder that exists and that this user may write to.',
      },
    );
  } finally {
    if (place !== undefined) closeSync(place.folder);
  }
}

/** Works below the open folder, and opens nothing that existed before. */
async function writeTo(
  { folder, name, found }: OpenPlace,
  write: (consumer: Consumer) => Promise<void>,
): Promise<void> {
  const newFile = pathIn(folder, `.encrypted-s3-list-${randomUUID()}` as Bytes);
  // With umask's mode, like the original's redirection; or with the mode of this user's older list.
  const descriptor = openSync(newFile, 'wx', (found?.mode ?? 0o666) & 0o666);
  try {
    if (found?.uid === process.geteuid?.()) fchmodSync(descriptor, (found?.mode ?? 0) & 0o777);
    await write(async (pieces) => {
      for await (const piece of pieces) writeWhole(descriptor, Buffer.from(piece));
    });
    renameSync(newFile, pathIn(folder, name));
  } catch (error) {
    rmSync(newFile, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** A single write may be short, as on a full disk. */
function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

function isDevNull(found: Stats | undefined): boolean {
  return found?.isCharacterDevice() === true && found.rdev === statSync(devNull).rdev;
}

function notRegular(file: string): BackupError {
  return new BackupError(`"${file}" is not a regular file.`, {
    hint: "Name a file, or leave LOCAL_LIST='' to have no list.",
  });
}

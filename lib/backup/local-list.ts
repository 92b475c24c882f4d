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
import type { AwsCli } from '../aws/aws-cli.js';
import { listPrefix, parseWholeListing, type StoredObject } from '../aws/listing.js';
import { BackupError, describeError, errnoOf } from '../cli/errors.js';
import type { Bytes } from '../tree/bytes.js';
import type { Batches } from '../tree/streams/batches.js';
import { failureAfterBackup } from './after-backup.js';
import { listText } from './local-list/list-text.js';
import { type OpenPlace, openPlace, pathIn } from './local-list/trusted-place.js';

/** Our own output, which is no file in a folder. */
const STREAMS = new Map<string, Writable>([
  ['/dev/stdout', process.stdout],
  ['/dev/stderr', process.stderr],
]);

/**
 * Writes the listing beside `file` and renames it.
 * @throws {BackupError} if it can't be written; an older list stays as it is
 */
export async function writeLocalList(aws: AwsCli, file: string, prefix: string): Promise<void> {
  const write = (to: (pieces: AsyncGenerator<string>) => Promise<void>) => {
    const read = (objects: Batches<StoredObject>) => to(listText(objects, prefix));
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

/** Everything is done below the open folder, and nothing in it is opened that was there before. */
async function writeTo(
  { folder, name, found }: OpenPlace,
  write: (to: (pieces: AsyncGenerator<string>) => Promise<void>) => Promise<void>,
): Promise<void> {
  const aside = pathIn(folder, `.encrypted-s3-list-${randomUUID()}` as Bytes);
  // As umask says, like the redirection of the original; of a file that is ours already, as we have it.
  const descriptor = openSync(aside, 'wx', (found?.mode ?? 0o666) & 0o666);
  try {
    if (found?.uid === process.geteuid?.()) fchmodSync(descriptor, (found?.mode ?? 0) & 0o777);
    await write(async (pieces) => {
      for await (const piece of pieces) writeWhole(descriptor, Buffer.from(piece));
    });
    renameSync(aside, pathIn(folder, name));
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** On a full disk, a part is written before the error comes. */
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

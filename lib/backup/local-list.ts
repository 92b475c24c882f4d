// LOCAL_LIST: the listing of the prefix in a local file, as the original writes it, but never half of it.
import { closeSync, type Stats, statSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { listPrefix, parseWholeListing, type StoredObject } from '../aws/listing.js';
import { BackupError, describeError, errnoOf } from '../cli/errors.js';
import { printable } from '../cli/log/log.js';
import { textOf } from '../tree/bytes.js';
import { type OpenPlace, openPlace } from '../tree/disk/trust/trusted-place.js';
import { replaceFile } from '../tree/disk/trust/write-file.js';
import { type Batches, flatten } from '../tree/streams/batches.js';
import type { Backup } from './backup.js';
import { failureAfterBackup } from './report.js';

/** The least length of a piece (characters). */
const PIECE = 1 << 15;

/** This process's own output, which is not a file in a folder. */
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
export async function writeLocalList({ aws, prefix, localList: file }: Backup): Promise<void> {
  if (file === undefined) return;
  const write = (consumer: Consumer) =>
    listPrefix(aws, prefix, (objects) => consumer(listText(objects, prefix)), parseWholeListing);
  let place: OpenPlace | undefined;
  try {
    const stream = STREAMS.get(file);
    if (stream !== undefined) return await write((pieces) => pipeline(pieces, stream, { end: false }));
    place = openPlace(file);
    if (isDevNull(place.found)) return;
    if (place.found?.isFile() === false) throw notRegular(file);
    await replaceFile(place, (append) =>
      write(async (pieces) => {
        for await (const piece of pieces) append(piece);
      }),
    );
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

function isDevNull(found: Stats | undefined): boolean {
  return found?.isCharacterDevice() === true && found.rdev === statSync(devNull).rdev;
}

function notRegular(file: string): BackupError {
  return new BackupError(`"${file}" is not a regular file.`, {
    hint: "Name a file, or leave LOCAL_LIST='' to have no list.",
  });
}

/**
 * What `aws s3 ls --recursive --summarize` prints, with one line for each object, whatever its name.
 * @param prefix what the objects' keys are relative to
 * @returns pieces of the text, with local times, and with control characters escaped
 */
export async function* listText(objects: Batches<StoredObject>, prefix: string): AsyncGenerator<string> {
  let count = 0;
  let bytes = 0;
  let piece = '';
  for await (const { key, size, lastModified } of flatten(objects)) {
    count += 1;
    bytes += size;
    piece += `${localTime(lastModified)} ${`${size}`.padStart(10)} ${printable(prefix + textOf(key))}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}\nTotal Objects: ${count}\n   Total Size: ${bytes}\n`;
}

/** @param time ISO 8601 */
function localTime(time: string): string {
  const date = new Date(time);
  const two = (number: number) => `${number}`.padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

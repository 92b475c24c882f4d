// The text of LOCAL_LIST: what `aws s3 ls --recursive --summarize` prints, with one line for each object, whatever its name.
import type { StoredObject } from '../../aws/listing.js';
import { printable } from '../../cli/log/log.js';
import { textOf } from '../../tree/bytes.js';
import { type Batches, flatten } from '../../tree/streams/batches.js';

/** How long a piece is at least (characters). */
const PIECE = 1 << 15;

/**
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

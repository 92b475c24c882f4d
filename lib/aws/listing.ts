// The listing of a prefix, as a stream: what is in the bucket, in the order of the keys' bytes.
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { BackupError } from '../cli/errors.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import { type Batches, mapEach } from '../tree/streams/batches.js';
import { linesOf } from '../tree/streams/lines.js';
import { listObjects } from './arguments/list-arguments.js';
import type { AwsCli } from './aws-cli.js';

/** Where the escrowed key and the records are; no part of any backup, and never deleted by a sync. */
export const RESERVED_PREFIX = 'backup.info/';

export interface StoredObject {
  /** Relative to the prefix. */
  readonly key: Bytes;
  /** Bytes; with SSE-C, as with none, those of the content. */
  readonly size: number;
  /** ISO 8601; S3 cuts it to whole seconds. */
  readonly lastModified: string;
  /** With SSE-C no checksum of the content, but another one for every upload. */
  readonly etag: string;
}

/**
 * Hands the objects below `prefix` to `read`, without those that are the backup's own. The whole of them is
 * known to have come only when this returns: until then, what seems missing may still be on its way.
 * @param onFirstPage called when S3 has answered for the first time
 * @param parse `parseWholeListing` keeps what is the backup's own
 * @throws {AwsError} if the listing failed
 */
export async function listPrefix<T>(
  aws: AwsCli,
  prefix: string,
  read: (objects: Batches<StoredObject>) => Promise<T>,
  onFirstPage: () => void = () => undefined,
  parse = parseListing,
): Promise<T> {
  let result: { readonly value: T } | undefined;
  await aws.runOrThrow(listObjects(aws.bucket, prefix), {
    output: async (stdout) => {
      // Read from the beginning, though `read` may wait: Node throws away what nobody reads of a child that has ended.
      // (`pipeline`, since the output of a child that could not be started has no end.)
      const pages = pipeline(stdout, new PassThrough(), () => undefined);
      pages.once('readable', onFirstPage);
      result = { value: await read(parse(pages, prefix)) };
    },
  });
  if (result === undefined) throw new Error('the listing was not read');
  return result.value;
}

/** @throws {BackupError} at what is no listing, or is not in order */
export function parseListing(stdout: Readable, prefix: string): Batches<StoredObject> {
  const objects = parseWholeListing(stdout, prefix);
  if (prefix !== '') return objects;
  return mapEach(objects, (object) => (object.key.startsWith(RESERVED_PREFIX) ? undefined : object));
}

/** What is the backup's own included. @throws {BackupError} at what is no listing, or is not in order */
export function parseWholeListing(stdout: Readable, prefix: string): Batches<StoredObject> {
  const prefixBytes = bytesOf(prefix);
  let previous = '';
  return mapEach(linesOf(stdout), (line) => {
    // What the CLI prints of a page without objects.
    if (line === 'None' || line === '') return undefined;
    const object = parseLine(line);
    const { key } = object;
    if (!key.startsWith(prefixBytes) || Number.isNaN(object.size) || key <= previous) {
      throw new BackupError(`The server's listing is not what S3 would send, near "${textOf(key)}".`, {
        hint: 'A server that lists keys in another order than S3 cannot be used.',
      });
    }
    previous = key;
    return { ...object, key: key.slice(prefixBytes.length) as Bytes };
  });
}

/** `size` is NaN if there is none; `key` begins with the prefix. */
function parseLine(line: string): StoredObject {
  const [key = '', size = '', lastModified = '', etag = ''] = line.split('\t');
  return { key: decodeKey(key), size: /^\d+$/.test(size) ? Number(size) : Number.NaN, lastModified, etag };
}

/** S3's URL encoding: some servers write a space as `+`, some as `%20`. */
export function decodeKey(encoded: string): Bytes {
  if (!/[%+]/.test(encoded)) return bytesOf(encoded);
  return bytesOf(encoded)
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ) as Bytes;
}

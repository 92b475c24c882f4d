// Lists the current objects below a prefix, as a stream in the order of the keys' bytes.
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { BackupError } from '../cli/errors.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import { type Batches, mapEach } from '../tree/streams/batches.js';
import { linesOf } from '../tree/streams/lines.js';
import { listObjects } from './arguments/list-arguments.js';
import type { AwsCli } from './aws-cli.js';

/** Holds the escrow and the records. It is part of no backup, and no sync deletes anything there. */
export const RESERVED_PREFIX = 'backup.info/';

export interface StoredObject {
  /** Relative to the prefix. */
  readonly key: Bytes;
  /** Bytes of the content; encryption does not change it. */
  readonly size: number;
  /** ISO 8601, in whole seconds. */
  readonly lastModified: string;
  /** Differs for each upload; with SSE-C, it is no checksum of the content. */
  readonly etag: string;
}

/**
 * Passes the objects below `prefix` to `read`, without those below `RESERVED_PREFIX`. The listing may break off: it is
 * complete only if this returns.
 * @param parse `parseWholeListing` keeps what is below `RESERVED_PREFIX`
 * @returns what `read` returns
 * @throws {AwsError} if the listing fails
 */
export async function listPrefix<T>(
  aws: AwsCli,
  prefix: string,
  read: (objects: Batches<StoredObject>) => Promise<T>,
  parse = parseListing,
): Promise<T> {
  let result: { readonly value: T } | undefined;
  await aws.runOrThrow(listObjects(aws.bucket, prefix), {
    output: async (stdout) => {
      // Starts reading although `read` may not yet: Node discards the unread output of a child that has ended.
      // `pipeline`, since the output of a child that could not be started never ends.
      const pages = pipeline(stdout, new PassThrough(), () => undefined);
      result = { value: await read(parse(pages, prefix)) };
    },
  });
  if (result === undefined) throw new Error('the listing was not read');
  return result.value;
}

/** @throws {BackupError} if a line is not an object of `prefix`, or not in order */
export function parseListing(stdout: Readable, prefix: string): Batches<StoredObject> {
  const objects = parseWholeListing(stdout, prefix);
  if (prefix !== '') return objects;
  return mapEach(objects, (object) => (object.key.startsWith(RESERVED_PREFIX) ? undefined : object));
}

/** The same with what is below `RESERVED_PREFIX`. */
export function parseWholeListing(stdout: Readable, prefix: string): Batches<StoredObject> {
  const prefixBytes = bytesOf(prefix);
  let previous = '';
  return mapEach(linesOf(stdout), (line) => {
    // Of a page without objects, the AWS CLI prints `None`.
    if (line === 'None' || line === '') return undefined;
    const object = parseLine(line);
    const { key } = object;
    if (!key.startsWith(prefixBytes) || Number.isNaN(object.size) || key <= previous) {
      throw notFromS3('listing', key);
    }
    previous = key;
    return { ...object, key: key.slice(prefixBytes.length) as Bytes };
  });
}

/** With the whole key; `size` is NaN if the line has none. */
function parseLine(line: string): StoredObject {
  const [key = '', size = '', lastModified = '', etag = ''] = line.split('\t');
  return { key: decodeKey(key), size: /^\d+$/.test(size) ? Number(size) : Number.NaN, lastModified, etag };
}

/** @param what the server was asked for */
export function notFromS3(what: string, key: Bytes): BackupError {
  return new BackupError(`The server's ${what} is not what S3 would send, near "${textOf(key)}".`, {
    hint: 'Use a server that lists keys in the order of their bytes, as S3 does.',
  });
}

/** Undoes S3's URL encoding: some servers write a space as `+`, some as `%20`. */
export function decodeKey(encoded: string): Bytes {
  if (!/[%+]/.test(encoded)) return bytesOf(encoded);
  return bytesOf(encoded)
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ) as Bytes;
}

// Lists the current objects below a prefix, as a stream in the order of the keys' bytes.
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { BackupError } from '../cli/errors.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import { type Batches, mapEach } from '../tree/streams/batches.js';
import { linesOf } from '../tree/streams/lines.js';
import { listObjects, type ObjectRow } from './arguments/list-arguments.js';
import type { AwsCli } from './aws-cli.js';

/** Holds the escrow and the records. It belongs to no backup, and no sync deletes anything there. */
export const RESERVED_PREFIX = 'backup.info/';

/** The LastModified of a listing, written as all other times are: AWS CLI 2 has +00:00 for Z. */
export function inUtc(lastModified: string): string {
  return lastModified.replace(/\+00:00$/, 'Z');
}

export interface StoredObject {
  /** Relative to the prefix. */
  readonly key: Bytes;
  /** Bytes of the content; encryption does not change their number. */
  readonly size: number;
  /** ISO 8601, in whole seconds. */
  readonly lastModified: string;
  /** Differs for each upload. With SSE-C it is not a checksum of the content. */
  readonly etag: string;
}

/**
 * Passes the objects below `prefix` to `read`, without those below `RESERVED_PREFIX`. The listing is complete only if
 * this function returns.
 * @param read must read to the end, or throw
 * @param parse `parseWholeListing` keeps the objects below `RESERVED_PREFIX`
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
      // Reads at once, even if `read` does not yet: Node discards the unread output of a child that has ended.
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

/** `parseListing` with the objects below `RESERVED_PREFIX`. */
export async function* parseWholeListing(stdout: Readable, prefix: string): Batches<StoredObject> {
  const prefixBytes = bytesOf(prefix);
  let previous = '';
  for await (const pages of linesOf(stdout)) yield objectsIn(pages);

  function* objectsIn(pages: readonly string[]): Generator<StoredObject> {
    for (const page of pages) {
      for (const [text, size, lastModified, etag] of parsePage(page)) {
        const key = bytesOf(`${text}`);
        if (!Number.isSafeInteger(size) || !key.startsWith(prefixBytes) || key <= previous)
          throw notFromS3('listing', key);
        previous = key;
        yield { key: key.slice(prefixBytes.length) as Bytes, size, lastModified, etag };
      }
    }
  }
}

function parsePage(page: string): readonly ObjectRow[] {
  if (page === 'null' || page === '') return [];
  try {
    const rows: unknown = JSON.parse(page);
    if (Array.isArray(rows) && rows.every(Array.isArray)) return rows as unknown as ObjectRow[];
  } catch {
    // Thrown below.
  }
  throw notFromS3('listing', bytesOf(page.slice(0, 100)));
}

/** @param what the server was asked for, such as `listing` */
export function notFromS3(what: string, key: Bytes): BackupError {
  return new BackupError(`The server's ${what} is not what S3 would send, near "${textOf(key)}".`, {
    hint: 'Use a server that lists keys in the order of their bytes, as S3 does.',
  });
}

// Every version below a prefix, deletions included, as a stream: the history that the bucket keeps.
import type { Readable } from 'node:stream';
import { BackupError } from '../errors.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import { linesOf } from '../tree/lines.js';
import { listObjectVersions, VERSIONS_PAGE } from './arguments.js';
import type { AwsCli } from './aws-cli.js';
import { RESERVED_PREFIX } from './bucket.js';
import { explainDenial } from './explain-denial.js';
import { decodeKey } from './listing.js';

const DENIAL =
  "The profile's user needs s3:ListBucketVersions for the bucket, or the bucket belongs to another account.";

export interface ObjectVersion {
  /** Relative to the prefix. */
  readonly key: Bytes;
  /** `null` (the word) for what was stored without versioning. */
  readonly versionId: string;
  /** Milliseconds since the epoch; Amazon's are whole seconds. */
  readonly lastModified: number;
  /** Whether it is what a reader gets that asks for no version. */
  readonly isLatest: boolean;
  /** Bytes; `undefined` for a delete marker. */
  readonly size: number | undefined;
}

/**
 * Hands the versions below `prefix` to `read`, in the order of the keys' bytes and of each key the newest first,
 * without the backup's own below an empty prefix. All of them have come only when this returns.
 * @throws {AwsError} if the listing failed
 */
export async function listVersions<T>(
  aws: AwsCli,
  prefix: string,
  read: (versions: AsyncGenerator<ObjectVersion>) => Promise<T>,
): Promise<T> {
  let result: { readonly value: T } | undefined;
  await explainDenial(DENIAL, () =>
    aws.runOrThrow(listObjectVersions(aws.bucket, prefix), {
      output: async (stdout) => {
        result = { value: await read(parseVersions(stdout, prefix)) };
      },
    }),
  );
  if (result === undefined) throw new Error('the listing was not read');
  return result.value;
}

/** @throws {BackupError} at what is no listing, or is not in order */
export async function* parseVersions(stdout: Readable, prefix: string): AsyncGenerator<ObjectVersion> {
  const prefixBytes = bytesOf(prefix);
  let previous = '';
  for await (const page of pagesOf(stdout)) {
    for (const version of page) {
      if (!version.key.startsWith(prefixBytes) || version.key < previous) throw notInOrder(version.key);
      previous = version.key;
      if (prefix === '' && version.key.startsWith(RESERVED_PREFIX)) continue;
      yield { ...version, key: version.key.slice(prefixBytes.length) as Bytes };
    }
  }
}

/** A page has the versions first and then the delete markers: put into one order, that of the keys and times. */
async function* pagesOf(stdout: Readable): AsyncGenerator<ObjectVersion[]> {
  let page: ObjectVersion[] = [];
  for await (const line of linesOf(stdout)) {
    if (line === VERSIONS_PAGE) {
      yield page.sort(compare);
      page = [];
    } else if (line.includes('\t') && !line.startsWith('None\t')) {
      page.push(parseVersion(line));
    }
  }
  yield page.sort(compare);
}

/** Where S3's whole seconds do not tell, a version counts as newer than a deletion. */
function compare(a: ObjectVersion, b: ObjectVersion): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return Number(b.isLatest) - Number(a.isLatest) || b.lastModified - a.lastModified;
}

function parseVersion(line: string): ObjectVersion {
  const [encoded = '', versionId = '', time = '', latest = '', size] = line.split('\t');
  const key = decodeKey(encoded);
  const lastModified = Date.parse(time);
  if (versionId === '' || Number.isNaN(lastModified) || (size !== undefined && !/^\d+$/.test(size))) {
    throw notInOrder(key);
  }
  return {
    key,
    versionId,
    lastModified,
    isLatest: latest === 'True',
    size: size === undefined ? undefined : Number(size),
  };
}

function notInOrder(key: Bytes): BackupError {
  return new BackupError(
    `The server's listing of versions is not what S3 would send, near "${textOf(key)}".`,
    {
      hint: 'A server that lists keys in another order than S3 cannot be used.',
    },
  );
}

// Compares a file on disk with its object: by the bucket's checksum, or by reading the object again.
import { createReadStream, fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  download,
  downloadVersion,
  headWithChecksum,
  IN_UTC,
} from '../../aws/arguments/download-arguments.js';
import type { BucketObject } from '../../aws/arguments/object-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { withUnlinkedFile } from '../../cli/tmpdir.js';
import { parseJsonObject } from '../../tree/entry-line.js';
import { type CrcKind, crcOf } from '../../tree/streams/crc.js';
import { sha256Of, sha256OfOpen } from '../../tree/streams/sha256.js';

/** Bytes: reading a smaller object takes no longer than a request for its checksum. */
const WORTH_ASKING = 1 << 20;

export type ComparedFile =
  | { readonly is: 'same'; readonly by: 'checksum' | 'reading' }
  | { readonly is: 'different' }
  /** Ends a sentence. */
  | { readonly is: 'unknown'; readonly why: string };

/**
 * @param descriptor of the file, open for reading
 * @param stored when the current object was stored, by a listing (ms since the epoch): a replaced object is not a
 * difference
 */
export async function compareWithBucket(
  aws: AwsCli,
  object: BucketObject,
  descriptor: number,
  stored?: number,
): Promise<ComparedFile> {
  const size = fstatSync(descriptor).size;
  const checksum = size < WORTH_ASKING ? undefined : (await askAbout(aws, object))?.checksum;
  if (checksum !== undefined) {
    const content = createReadStream('', { fd: descriptor, autoClose: false, start: 0 });
    if ((await crcOf(checksum.kind, content)) === checksum.value) return { is: 'same', by: 'checksum' };
  } else {
    const [inBucket, onDisk] = await Promise.all([sha256InBucket(aws, object), sha256OfOpen(descriptor)]);
    if ('why' in inBucket) return { is: 'unknown', why: inBucket.why };
    if (inBucket.sha256 === onDisk) return { is: 'same', by: 'reading' };
  }
  // The key may have a newer object by now.
  const now = stored === undefined ? undefined : await askAbout(aws, object);
  const isReplaced = now !== undefined && Math.floor(now.stored / 1000) !== Math.floor((stored ?? 0) / 1000);
  return isReplaced
    ? { is: 'unknown', why: 'it has been replaced in the bucket meanwhile' }
    : { is: 'different' };
}

interface ObjectFacts {
  /** ms since the epoch */
  readonly stored: number;
  /** The checksum of the whole object; one that is made of its parts' checksums does not count. */
  readonly checksum: { readonly kind: CrcKind; readonly value: string } | undefined;
}

/** @returns `undefined` if the bucket does not say */
async function askAbout(aws: AwsCli, object: BucketObject): Promise<ObjectFacts | undefined> {
  const { exitCode, stdout } = await aws.run(headWithChecksum(object));
  const head = exitCode === 0 ? parseJsonObject(stdout) : undefined;
  if (head === undefined) return undefined;
  const kinds: readonly CrcKind[] = head['ChecksumType'] === 'COMPOSITE' ? [] : ['CRC64NVME', 'CRC32'];
  const found = kinds.flatMap((kind) => {
    const value = head[`Checksum${kind}`];
    return typeof value === 'string' && !value.includes('-') ? [{ kind, value }] : [];
  });
  return { stored: Date.parse(String(head['LastModified'])), checksum: found[0] };
}

async function sha256InBucket(
  aws: AwsCli,
  object: BucketObject,
): Promise<{ readonly sha256: string } | { readonly why: string }> {
  const call = { environment: IN_UTC };
  let sha256 = '';
  const read = async (content: Readable) => {
    sha256 = await sha256Of(content);
  };
  const { exitCode, stderr } =
    object.versionId === undefined
      ? await aws.run(download(object, '-'), { ...call, output: read })
      : // The AWS CLI writes an older version only to a file.
        await withUnlinkedFile(async (outputFile) => {
          const answer = await aws.run(downloadVersion(object), { ...call, outputFile });
          sha256 = await sha256OfOpen(outputFile);
          return answer;
        });
  return exitCode === 0 ? { sha256 } : { why: stderr.trim().replace(/\.$/, '') };
}

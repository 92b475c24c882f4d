// The history of a file, or of everything below a prefix, on standard output. The key is not needed.
import { stdout } from 'node:process';
import { listVersions, type ObjectVersion } from '../aws/version-listing.js';
import { BackupError, shellQuote } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { OutputClosedError, printTexts } from '../cli/print.js';
import { asJson, asTable, asTabSeparated } from '../restore/versions/version-table.js';
import { type Bytes, bytesOf } from '../tree/bytes.js';
import { connectToBucket } from './connection.js';

export interface ListVersions {
  readonly profile: string;
  readonly region: string;
  /** Of a file, of a folder, or of the bucket. */
  readonly url: string;
  readonly isJson: boolean;
}

/** @throws {BackupError} if there is nothing to show */
export async function listVersionsCommand(request: ListVersions, context: CommandContext): Promise<number> {
  const { profile, region, url, isJson } = request;
  const { bucket, key } = parseUrl(url);
  const aws = connectToBucket({ profile, region, bucket }, undefined, context);
  const format = isJson ? asJson : stdout.isTTY ? asTable : asTabSeparated;
  let count = 0;
  try {
    await listVersions(aws, key, async (versions) => {
      const shown = (async function* () {
        for await (const version of atOrBelow(key, versions)) {
          count += 1;
          yield version;
        }
      })();
      await printTexts(format(shown));
    });
  } catch (error) {
    if (error instanceof OutputClosedError) return exitCode.done;
    throw error;
  }
  if (count === 0) throw nothingFound(request, bucket);
  return exitCode.done;
}

/** With their whole keys: that of `key` itself, and what is below it; of a `key` that names a folder, all. */
async function* atOrBelow(
  key: string,
  versions: AsyncIterable<ObjectVersion>,
): AsyncGenerator<ObjectVersion> {
  const isFolder = key === '' || key.endsWith('/');
  const before = bytesOf(key);
  for await (const version of versions) {
    const { key: rest } = version;
    if (isFolder || rest === '' || rest.startsWith('/')) yield { ...version, key: (before + rest) as Bytes };
  }
}

/** `key` may be empty. */
function parseUrl(url: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/([\s\S]*))?$/.exec(url) ?? [];
  if (bucket === undefined) {
    throw new BackupError(`"${url}" names nothing in a bucket.`, {
      hint: 'Write it as s3://BUCKET/KEY or s3://BUCKET/PREFIX/, for example s3://my-backup-s3/home/user/file1.',
    });
  }
  return { bucket, key };
}

function nothingFound({ profile, region, url }: ListVersions, bucket: string): BackupError {
  const all = ['encrypted-s3-list-versions', profile, region, `s3://${bucket}`].map(shellQuote).join(' ');
  return new BackupError(`There is nothing at or below ${url}, and nothing that was deleted.`, {
    hint: `Upper and lower case matter. What is deleted is kept only in a bucket with versioning, and only for its retention time. All there is: ${all}`,
  });
}

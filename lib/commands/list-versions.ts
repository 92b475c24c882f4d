// Prints the versions of a file, or of everything below a prefix. It needs no encryption key.
import { stdout } from 'node:process';
import { listVersions, type ObjectVersion } from '../aws/version-listing.js';
import { BackupError, shellQuote } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { OutputClosedError, printTexts } from '../cli/print.js';
import { parseS3Url } from '../restore/scope.js';
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

/** @throws {BackupError} if there are no versions */
export async function printVersions(request: ListVersions, context: CommandContext): Promise<number> {
  const { profile, region, url, isJson } = request;
  const object = parseS3Url(url);
  if (object === undefined) {
    throw new BackupError(`"${url}" names nothing in a bucket.`, {
      hint: 'Write it as s3://BUCKET/KEY or s3://BUCKET/PREFIX/, for example s3://my-backup-s3/home/user/file1.',
    });
  }
  const { bucket, key } = object;
  const aws = connectToBucket({ profile, region, bucket }, context);
  const format = isJson ? asJson : stdout.isTTY ? asTable : asTabSeparated;
  let count = 0;
  try {
    await listVersions(aws, key, async (versions) => {
      const counted = (async function* () {
        for await (const version of atOrBelow(key, versions)) {
          count += 1;
          yield version;
        }
      })();
      await printTexts(format(counted));
    });
  } catch (error) {
    if (error instanceof OutputClosedError) return exitCode.done;
    throw error;
  }
  if (count === 0) throw noVersionsError(request, bucket);
  return exitCode.done;
}

/** The versions of `key` itself and of what is below it, with their whole keys. */
async function* atOrBelow(
  key: string,
  versions: AsyncIterable<ObjectVersion>,
): AsyncGenerator<ObjectVersion> {
  const isFolder = key === '' || key.endsWith('/');
  const start = bytesOf(key);
  for await (const version of versions) {
    const { key: rest } = version;
    if (isFolder || rest === '' || rest.startsWith('/')) yield { ...version, key: (start + rest) as Bytes };
  }
}

function noVersionsError({ profile, region, url }: ListVersions, bucket: string): BackupError {
  const command = ['encrypted-s3-list-versions', profile, region, `s3://${bucket}`].map(shellQuote).join(' ');
  return new BackupError(`There is nothing at or below ${url}, and nothing that was deleted.`, {
    hint: `Upper and lower case matter. Only a bucket with versioning keeps what is deleted, and only for its retention time. To list everything: ${command}`,
  });
}

// Prints the versions of a file, or of everything below a prefix. Needs no encryption key.
import { parseS3Url, s3Url } from '../aws/arguments/object-arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { listVersions, type ObjectVersion } from '../aws/version-listing.js';
import { BackupError, shellQuote } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { answerStyle, answerText, type OutputFlags } from '../cli/output/answer.js';
import { printTexts } from '../cli/output/print.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';
import { VERSIONS } from '../restore/versions/version-table.js';
import { type Bytes, bytesOf } from '../tree/bytes.js';
import { connectToBucket, openConfig } from './connection.js';

interface VersionsRequest extends OutputFlags {
  /** PROFILE REGION URL, of a file, a folder or the bucket; or [PATH], with a config. */
  readonly words: readonly string[];
  readonly configFile: string | undefined;
}

/** Whose versions are listed. */
interface Place {
  readonly aws: AwsCli;
  readonly key: string;
  /** The command that lists the whole bucket. */
  readonly command: string;
}

/** @throws {BackupError} if there are no versions */
export async function printVersions(request: VersionsRequest, context: CommandContext): Promise<number> {
  const { aws, key, command } = await connectToPlace(request, context);
  const style = answerStyle(request);
  await listVersions(aws, key, (versions) =>
    printTexts(
      (async function* () {
        const count = yield* answerText(atOrBelow(key, versions), VERSIONS, style);
        if (count === 0) throw noVersionsError(s3Url({ bucket: aws.bucket, key }), command);
      })(),
    ),
  );
  return exitCode.done;
}

/** @throws {BackupError} for words that do not name a place */
async function connectToPlace(
  { words, configFile }: VersionsRequest,
  context: CommandContext,
): Promise<Place> {
  const [profile = '', region = '', url] = words;
  if (url === undefined) {
    const { config, remote } = await openConfig(configFile, context);
    const key = config.prefix + pathInLocalDir(words[0] ?? '', config.localDir);
    return { aws: remote.aws, key, command: commandOf('--config', config.configFile) };
  }
  const object = parseS3Url(url);
  if (object === undefined) {
    throw new BackupError(`"${url}" does not name a file or folder in a bucket.`, {
      hint: 'Write it as s3://BUCKET/KEY or s3://BUCKET/PREFIX/, for example s3://my-backup-s3/home/user/file1.',
    });
  }
  const { bucket, key } = object;
  const aws = connectToBucket({ profile, region, bucket }, context);
  return { aws, key, command: commandOf(profile, region, `s3://${bucket}`) };
}

function commandOf(...words: readonly string[]): string {
  return ['encrypted-s3-list-versions', ...words].map(shellQuote).join(' ');
}

/** The versions of `key` itself and of keys below it, with whole keys. */
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

function noVersionsError(url: string, command: string): BackupError {
  return new BackupError(`There is nothing at or below ${url}, not even a deleted version.`, {
    hint: `Upper and lower case matter. Only a bucket with versioning keeps deleted files, and only for its retention time. To list everything: ${command}`,
  });
}

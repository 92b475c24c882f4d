// Restores one file of the backup: the latest version, or an older one.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { stderr, stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { download, IN_UTC } from '../aws/arguments/download-arguments.js';
import type { BucketObject } from '../aws/arguments/object-arguments.js';
import type { AwsAnswer } from '../aws/aws-cli.js';
import type { KeyedAws } from '../aws/remote.js';
import { BackupError, describeError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { parseTime } from '../cli/units/times.js';
import { findTargetFile, replaceWhenComplete } from '../restore/destination/single-file.js';
import { whyNotDownloaded } from '../restore/fetch/why-not-downloaded.js';
import { withPrivateFolder } from '../restore/private-folder.js';
import { parseS3Url } from '../restore/scope.js';
import { versionIdAt } from '../restore/versions/version-at.js';
import { askEncryptionKey, connectToBucket, readConfigAndWarn } from './connection.js';

export interface DownloadFile {
  readonly profile: string;
  readonly region: string;
  readonly url: string;
  /** A file, a folder, or `-` for standard output. */
  readonly destination: string;
  /** The config file, which has the encryption key; without one, it is asked for. */
  readonly config: string | undefined;
  readonly versionId: string | undefined;
  /** A point in time, instead of a version id. */
  readonly at: string | undefined;
  /** Whether root may write to a place that other users could redirect. */
  readonly trustsDestination: boolean;
}

export async function downloadFile(request: DownloadFile, context: CommandContext): Promise<number> {
  const object = parseFileUrl(request.url);
  const time = parseAt(request);
  const { destination, trustsDestination } = request;
  const file = destination === '-' ? undefined : findTargetFile(destination, object.key, trustsDestination);
  const config =
    request.config === undefined ? undefined : await readConfigAndWarn(request.config, context.log);
  const aws = connectToBucket({ ...request, bucket: object.bucket }, config, context);
  const versionId = time === undefined ? request.versionId : await versionIdAt(aws, object, time);
  const prompt = new Prompt(stderr, context.interruption);
  const remote = { aws, encryptionKey: config?.encryptionKey ?? (await askEncryptionKey(prompt)) };

  prompt.say('Downloading the file from the S3 bucket...\n');
  const version = { ...object, versionId };
  if (file !== undefined) {
    await replaceWhenComplete(file, (path, folder) =>
      fetchTo(remote, version, path, (message) => folder.nameInMessage(message)),
    );
  } else if (versionId === undefined) {
    await fetchTo(remote, version, '-');
  } else {
    await printVersion(remote, version);
  }
  prompt.say('Success.\n');
  return exitCode.done;
}

/** @returns milliseconds since the epoch */
function parseAt({ at, versionId }: DownloadFile): number | undefined {
  if (at !== undefined && versionId !== undefined) {
    throw new BackupError('--at and --version-id can not be used together: each names a version.');
  }
  // For S3 it would mean the latest version, but it may be a variable that is not set.
  if (versionId === '') {
    throw new BackupError('The version id is empty.', {
      hint: 'Leave --version-id out for the latest version; encrypted-s3-list-versions shows the ids.',
    });
  }
  return at === undefined ? undefined : parseTime(at, new Date());
}

/** @param renamed changes an error message of the AWS CLI */
async function fetchTo(
  remote: KeyedAws,
  object: BucketObject,
  destination: string,
  renamed = (message: string) => message,
): Promise<void> {
  const { aws, encryptionKey } = remote;
  const args = download(object, destination);
  const output = object.versionId === undefined ? stdout.fd : 'answer';
  const answer: AwsAnswer = await aws.run(args, { encryptionKey, environment: IN_UTC, output });
  if (answer.exitCode === 0) return;
  throw await whyNotDownloaded(remote, object, args, { ...answer, stderr: renamed(answer.stderr) });
}

/** The AWS CLI writes an older version to a file only. */
async function printVersion(remote: KeyedAws, object: BucketObject): Promise<void> {
  await withPrivateFolder(async (folder) => {
    const file = join(folder, 'version');
    await fetchTo(remote, object, file);
    try {
      await pipeline(createReadStream(file), stdout, { end: false });
    } catch (error) {
      throw new BackupError(`The file can't be written to standard output: ${describeError(error)}.`);
    }
  });
}

function parseFileUrl(url: string): BucketObject {
  const object = parseS3Url(url);
  if (object !== undefined && object.key !== '' && !object.key.endsWith('/')) return object;
  throw new BackupError(`"${url}" does not name a file in a bucket.`, {
    hint: 'Write it as s3://BUCKET/KEY, for example s3://my-backup-s3/home/user/file1.',
  });
}

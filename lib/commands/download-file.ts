// Restores one file of the backup: the latest version, or an older one.
import { createReadStream } from 'node:fs';
import { stderr, stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { download, downloadVersion, IN_UTC } from '../aws/arguments/download-arguments.js';
import type { BucketObject } from '../aws/arguments/object-arguments.js';
import type { AwsCall } from '../aws/aws-call.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { BackupError, describeError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { parseTime } from '../cli/units/times.js';
import type { BackupConfig } from '../config/backup-config.js';
import { configFileOrDefault } from '../config/default-config.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';
import { readConfig } from '../config/read-config.js';
import type { HeldFolder } from '../restore/destination/held-folder.js';
import { findTargetFile, replaceWhenComplete } from '../restore/destination/single-file.js';
import { whyNotDownloaded } from '../restore/fetch/why-not-downloaded.js';
import { parseS3Url } from '../restore/scope.js';
import { withUnlinkedFile } from '../restore/tmpdir.js';
import { versionIdAt } from '../restore/versions/version-at.js';
import { askEncryptionKey, connectToBucket } from './connection.js';

export interface DownloadFile {
  readonly profile: string;
  readonly region: string;
  readonly url: string;
  /** A file, a folder, or `-` for standard output. */
  readonly destination: string;
  /** The config or its file, which has the encryption key; without one, it is asked for. */
  readonly config: BackupConfig | string | undefined;
  readonly versionId: string | undefined;
  /** A point in time, instead of a version id. */
  readonly at: string | undefined;
  /** Whether root may write to a place that other users could redirect. */
  readonly trustsDestination: boolean;
  /** Called with the path of the complete download of `object`, before it gets its name. */
  readonly onDownloaded?: (path: string, aws: AwsCli, object: BucketObject) => Promise<void>;
}

/** @param words PROFILE REGION URL DESTINATION; or PATH DESTINATION, with a config */
export async function downloadNamedFile(
  words: readonly string[],
  options: Pick<DownloadFile, 'versionId' | 'at' | 'trustsDestination'> & {
    readonly config: string | undefined;
  },
  context: CommandContext,
): Promise<number> {
  const [first = '', second = '', url, destination] = words;
  if (url !== undefined && destination !== undefined)
    return downloadFile({ ...options, profile: first, region: second, url, destination }, context);
  const config = await readConfig(configFileOrDefault(options.config), context.log);
  const { profile, region, bucket, prefix, localDir } = config;
  const fileUrl = `s3://${bucket}/${prefix}${pathInLocalDir(first, localDir)}`;
  return downloadFile({ ...options, config, profile, region, url: fileUrl, destination: second }, context);
}

export async function downloadFile(request: DownloadFile, context: CommandContext): Promise<number> {
  const object = parseFileUrl(request.url);
  const time = parseAt(request);
  const { destination, trustsDestination } = request;
  const file = destination === '-' ? undefined : findTargetFile(destination, object.key, trustsDestination);
  const config =
    typeof request.config === 'string' ? await readConfig(request.config, context.log) : request.config;
  const aws = connectToBucket({ ...config, ...request, bucket: object.bucket }, context);
  const versionId = time === undefined ? request.versionId : await versionIdAt(aws, object, time);
  const prompt = new Prompt(stderr, context.interruption);
  const keyed = aws.withKey(config?.encryptionKey ?? (await askEncryptionKey(prompt)));

  prompt.say('Downloading the file from the S3 bucket...\n');
  await fetchFile(keyed, { ...object, versionId }, file, request.onDownloaded);
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

/** @param file `undefined`: standard output */
export async function fetchFile(
  aws: AwsCli,
  object: BucketObject,
  file: string | undefined,
  onDownloaded?: DownloadFile['onDownloaded'],
): Promise<void> {
  const fetch = async (args: string[], call: AwsCall = {}, folder?: HeldFolder) => {
    const answer = await aws.run(args, { ...call, environment: IN_UTC });
    if (answer.exitCode === 0) return;
    const stderr = folder?.nameInMessage(answer.stderr) ?? answer.stderr;
    throw await whyNotDownloaded(aws, object, args, { ...answer, stderr });
  };
  if (file !== undefined) {
    await replaceWhenComplete(file, async (path, folder) => {
      await fetch(download(object, path), {}, folder);
      await onDownloaded?.(path, aws, object);
    });
  } else if (object.versionId === undefined) {
    await fetch(download(object, '-'), { output: stdout.fd });
  } else {
    // The AWS CLI writes an older version to a file only.
    await withUnlinkedFile(async (outputFile) => {
      await fetch(downloadVersion(object), { outputFile });
      await print(outputFile);
    });
  }
}

async function print(descriptor: number): Promise<void> {
  try {
    // The path is not used.
    const content = createReadStream('', { fd: descriptor, autoClose: false, start: 0 });
    await pipeline(content, stdout, { end: false });
  } catch (error) {
    throw new BackupError(`The file can't be written to standard output: ${describeError(error)}.`);
  }
}

function parseFileUrl(url: string): BucketObject {
  const object = parseS3Url(url);
  if (object !== undefined && object.key !== '' && !object.key.endsWith('/')) return object;
  throw new BackupError(`"${url}" does not name a file in a bucket.`, {
    hint: 'Write it as s3://BUCKET/KEY, for example s3://my-backup-s3/home/user/file1.',
  });
}

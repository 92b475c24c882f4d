// One file of the backup: the latest version, or an older one.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { stderr, stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { download, IN_UTC } from '../aws/arguments/download-arguments.js';
import type { BucketObject } from '../aws/arguments/object-arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { BackupError, describeError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { parseTime } from '../cli/units/times.js';
import { readConfig } from '../config/read-config.js';
import { withPrivateFolder } from '../restore/destination/private-folder.js';
import { replaceWhenComplete, targetFileFor } from '../restore/destination/single-file.js';
import { versionIdAt } from '../restore/versions/version-of-file.js';
import { whyNotDownloaded } from '../restore/why-not-downloaded.js';
import { EncryptionKey } from '../secrets/encryption-key.js';
import { connectToBucket } from './connection.js';

export interface DownloadFile {
  readonly profile: string;
  readonly region: string;
  readonly url: string;
  /** A file, a folder, or `-` for standard output. */
  readonly destination: string;
  /** The config file that holds the key; without one, it is asked for. */
  readonly config: string | undefined;
  readonly versionId: string | undefined;
  /** A point in time, instead of a version id. */
  readonly at: string | undefined;
  /** Whether root writes to where others could lead it elsewhere. */
  readonly trustsDestination: boolean;
}

export async function downloadFile(request: DownloadFile, context: CommandContext): Promise<number> {
  const { log, interruption } = context;
  const object = parseS3Url(request.url);
  const time = timeOf(request);
  const file = fileOf(request, object);
  const config = request.config === undefined ? undefined : await readConfig(request.config);
  for (const warning of config?.warnings ?? []) log.warn(warning);
  const aws = connectToBucket({ ...request, bucket: object.bucket }, config, context);
  const versionId = time === undefined ? request.versionId : await versionIdAt(aws, object, time);
  const prompt = new Prompt(stderr, interruption);
  const key =
    config?.encryptionKey ?? new EncryptionKey(await prompt.askHidden('Enter your backup encryption key: '));
  prompt.say('Downloading the file from the S3 bucket...\n');
  const version = { ...object, versionId };
  if (file !== undefined) {
    await replaceWhenComplete(file, (to, inWords) => fetch(aws, version, key, to, inWords));
  } else if (versionId === undefined) {
    await fetch(aws, version, key, '-');
  } else {
    await print((file) => fetch(aws, version, key, file));
  }
  prompt.say('Success.\n');
  return exitCode.done;
}

/** @returns `undefined` for standard output */
function fileOf({ destination, trustsDestination }: DownloadFile, { key }: BucketObject): string | undefined {
  return destination === '-' ? undefined : targetFileFor(destination, key, trustsDestination);
}

/** @returns milliseconds since the epoch */
function timeOf({ at, versionId }: DownloadFile): number | undefined {
  if (at !== undefined && versionId !== undefined) {
    throw new BackupError('--at and --version-id can not be used together: each names a version.');
  }
  // S3 would take it for the latest: it may be a variable that is not set.
  if (versionId === '') {
    throw new BackupError('The version id is empty.', {
      hint: 'Leave --version-id out for the latest version; encrypted-s3-list-versions shows the ids.',
    });
  }
  return at === undefined ? undefined : parseTime(at, new Date());
}

async function fetch(
  aws: AwsCli,
  object: BucketObject,
  encryptionKey: EncryptionKey,
  destination: string,
  inWords = (text: string) => text,
): Promise<void> {
  const args = download(object, destination);
  const answer = await aws.run(args, {
    encryptionKey,
    environment: IN_UTC,
    output: object.versionId === undefined ? stdout.fd : 'answer',
  });
  if (answer.exitCode === 0) return;
  throw await whyNotDownloaded({ aws, encryptionKey }, object, args, {
    ...answer,
    stderr: inWords(answer.stderr),
  });
}

/** The AWS CLI writes a version to a file only: a private one, which is gone afterwards. */
async function print(fetchTo: (file: string) => Promise<void>): Promise<void> {
  await withPrivateFolder(async (folder) => {
    const file = join(folder, 'version');
    await fetchTo(file);
    try {
      await pipeline(createReadStream(file), stdout, { end: false });
    } catch (error) {
      throw new BackupError(`The file could not be written to standard output: ${describeError(error)}.`);
    }
  });
}

function parseS3Url(url: string): BucketObject {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/([\s\S]*[^/])$/.exec(url) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new BackupError(`"${url}" does not name a file in a bucket.`, {
      hint: 'Write it as s3://BUCKET/KEY, for example s3://my-backup-s3/home/user/file1.',
    });
  }
  return { bucket, key };
}

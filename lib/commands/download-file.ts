// Restores one file of the backup: the latest version, or an older one.
import { stderr } from 'node:process';
import { type BucketObject, parseS3Url } from '../aws/arguments/object-arguments.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { timeOrNow } from '../cli/units/times.js';
import type { BackupConfig } from '../config/backup-config.js';
import { configFileOrDefault } from '../config/default-config.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';
import { readConfig } from '../config/read-config.js';
import { findTargetFile } from '../restore/destination/single-file.js';
import { fetchFile, STANDARD_OUTPUT } from '../restore/fetch/one-file.js';
import { versionIdAt } from '../restore/versions/version-at.js';
import { askEncryptionKey } from './ask-key.js';
import { connectToBucket } from './connection.js';

interface FileRequest {
  /** PROFILE REGION URL DESTINATION; or PATH DESTINATION, with a config. The last is a file, a folder, or `-`. */
  readonly words: readonly string[];
  /** The config with the encryption key. Without one, the command asks for the key. */
  readonly configFile: string | undefined;
  readonly versionId: string | undefined;
  /** A point in time, instead of a version id. */
  readonly at: string | undefined;
  /** Whether root may write to a place that other users could redirect. */
  readonly trustsDestination: boolean;
}

export async function downloadFile(request: FileRequest, context: CommandContext): Promise<number> {
  const { words, trustsDestination } = request;
  const isInConfig = words.length === 2;
  const config =
    isInConfig || request.configFile !== undefined
      ? await readConfig(configFileOrDefault(request.configFile), context.log)
      : undefined;
  const [profile = '', region = '', url = '', destination = ''] =
    isInConfig && config !== undefined ? wordsInConfig(words, config) : words;
  const object = parseFileUrl(url);
  const time = parseAt(request);
  const file =
    destination === STANDARD_OUTPUT
      ? destination
      : findTargetFile(destination, object.key, trustsDestination);
  const aws = connectToBucket({ ...config, profile, region, bucket: object.bucket }, context);
  const versionId = time === undefined ? request.versionId : await versionIdAt(aws, object, time);
  const prompt = new Prompt(stderr, context.interruption);
  const keyed = aws.withKey(config?.encryptionKey ?? (await askEncryptionKey(prompt)));
  prompt.say('Downloading the file from the S3 bucket...\n');
  await fetchFile(keyed, { ...object, versionId }, file);
  prompt.say('Success.\n');
  return exitCode.done;
}

/** @param words PATH DESTINATION @returns PROFILE REGION URL DESTINATION */
function wordsInConfig([path = '', destination = '']: readonly string[], config: BackupConfig): string[] {
  const { profile, region, bucket, prefix, localDir } = config;
  return [profile, region, `s3://${bucket}/${prefix}${pathInLocalDir(path, localDir)}`, destination];
}

/** @returns milliseconds since the epoch */
function parseAt({ at, versionId }: FileRequest): number | undefined {
  if (at !== undefined && versionId !== undefined) {
    throw new BackupError('--at and --version-id can not be used together: each names a version.');
  }
  // To S3 it would mean the latest version, but it may come from a variable that is not set.
  if (versionId === '') {
    throw new BackupError('The version id is empty.', {
      hint: 'Leave --version-id out for the latest version; encrypted-s3-list-versions shows the ids.',
    });
  }
  return timeOrNow(at);
}

function parseFileUrl(url: string): BucketObject {
  const object = parseS3Url(url);
  if (object !== undefined && object.key !== '' && !object.key.endsWith('/')) return object;
  throw new BackupError(`"${url}" does not name a file in a bucket.`, {
    hint: 'Write it as s3://BUCKET/KEY, for example s3://my-backup-s3/home/user/file1.',
  });
}

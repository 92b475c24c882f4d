// One file of the backup, latest version.
import { stderr, stdout } from 'node:process';
import { type BucketObject, download } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { connect } from '../aws/connect.js';
import { readConfig } from '../config/read-config.js';
import { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import type { CommandContext } from '../main.js';
import { fileFor, replaceWhenComplete } from '../restore/destination.js';
import { isOnlyKeyWrong } from '../run/verification.js';
import { Prompt } from '../terminal/prompt.js';

export interface DownloadFile {
  readonly profile: string;
  readonly region: string;
  readonly url: string;
  /** A file, a folder, or `-` for standard output. */
  readonly destination: string;
  /** The config file that holds the key; without one, it is asked for. */
  readonly config: string | undefined;
}

export async function downloadFile(request: DownloadFile, context: CommandContext): Promise<number> {
  const { log, interruption } = context;
  const object = parseS3Url(request.url);
  const config = request.config === undefined ? undefined : await readConfig(request.config);
  for (const warning of config?.warnings ?? []) log.warn(warning);
  const aws = await connect({
    profile: request.profile,
    region: request.region,
    bucket: object.bucket,
    endpointUrl: config?.awsEndpointUrl,
    netTimeout: config?.awsNetTimeout,
    environment: config?.environment ?? process.env,
    interruption,
    log: (message) => log.info(message),
  });
  const prompt = new Prompt(stderr, interruption);
  const key =
    config?.encryptionKey ?? new EncryptionKey(await prompt.askHidden('Enter your backup encryption key: '));
  prompt.say('Downloading the file from the S3 bucket...\n');
  if (request.destination === '-') {
    await fetch(aws, object, request.url, key, '-');
  } else {
    const file = fileFor(request.destination, object.key);
    await replaceWhenComplete(file, (aside) => fetch(aws, object, request.url, key, aside));
  }
  prompt.say('Success.\n');
  return exitCode.done;
}

async function fetch(
  aws: AwsCli,
  object: BucketObject,
  url: string,
  key: EncryptionKey,
  destination: string,
): Promise<void> {
  const args = download(url, destination);
  const answer = await aws.run(args, { key, output: stdout.fd });
  if (answer.exitCode === 0) return;
  if (await isOnlyKeyWrong(aws, object, answer)) {
    throw new BackupError(`Download failed: ${url} was not stored with this encryption key.`, {
      exitCode: exitCode.wrongKey,
      hint: 'Use the key of the config that made the backup; encrypted-s3-download-key gets it from the bucket.',
    });
  }
  const failure = aws.errorOf(args, answer);
  throw new BackupError(`Download failed: ${failure.message}`, {
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
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

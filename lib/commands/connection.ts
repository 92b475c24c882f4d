// How a command gets to its bucket: the config, if there is one, the AWS CLI, and the encryption key.
import type { AwsCli } from '../aws/aws-cli.js';
import { connect } from '../aws/settings/connect.js';
import { BackupError } from '../cli/errors.js';
import type { Log } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import type { Prompt } from '../cli/prompt.js';
import type { BackupConfig } from '../config/backup-config.js';
import { readConfig } from '../config/read-config.js';
import { EncryptionKey } from '../secrets/encryption-key.js';

export interface BucketPlace {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
}

/** @throws {BackupError} with everything that is wrong with it */
export async function readConfigAndWarn(file: string, log: Log): Promise<BackupConfig> {
  const config = await readConfig(file);
  for (const warning of config.warnings) log.warn(warning);
  return config;
}

/** @throws {BackupError} for an answer of another length */
export async function askEncryptionKey(prompt: Prompt): Promise<EncryptionKey> {
  return new EncryptionKey(await prompt.askHidden('Enter your backup encryption key: '));
}

/**
 * @param config `undefined`: the AWS CLI's own files and the environment have the settings
 * @param lockDescriptor LOCAL_LOCK, locked: the AWS CLI's processes keep it
 * @throws {BackupError} for what is no name of a bucket, and for an endpoint or a profile that must not be used
 */
export function connectToBucket(
  { profile, region, bucket }: BucketPlace,
  config: Pick<BackupConfig, 'endpointUrl' | 'netTimeout' | 'environment'> | undefined,
  { log, interruption }: CommandContext,
  lockDescriptor?: number,
): AwsCli {
  if (/^s3:/i.test(bucket)) {
    throw new BackupError(`"${bucket}" is not the name of a bucket.`, {
      hint: 'Give its name alone, without "s3://" and without a path.',
    });
  }
  for (const [what, value] of Object.entries({ profile, region })) {
    if (value === '') {
      throw new BackupError(`The ${what} is empty.`, {
        hint: 'Name it: the AWS CLI would choose another one, which is not checked here.',
      });
    }
  }
  return connect({
    profile,
    region,
    bucket,
    endpointUrl: config?.endpointUrl,
    netTimeout: config?.netTimeout,
    environment: config?.environment ?? process.env,
    interruption,
    log: (message) => log.info(message),
    ...(lockDescriptor === undefined ? {} : { lockDescriptor }),
  });
}

// Connects a command to its bucket: by a config, if there is one, with the AWS CLI and the encryption key.
import type { AwsCli } from '../aws/aws-cli.js';
import { connect } from '../aws/settings/connect.js';
import { BackupError } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import type { Prompt } from '../cli/prompt.js';
import type { BackupConfig } from '../config/backup-config.js';
import { EncryptionKey } from '../secrets/encryption-key.js';

/** A config; or a bucket from the command line, with the other settings of a config if there is one. */
export interface ConnectionSettings {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
  readonly endpointUrl?: BackupConfig['endpointUrl'];
  readonly netTimeout?: BackupConfig['netTimeout'] | undefined;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  readonly encryptionKey?: EncryptionKey | undefined;
}

/** @throws {BackupError} for an answer of the wrong length */
export async function askEncryptionKey(prompt: Prompt): Promise<EncryptionKey> {
  return new EncryptionKey(await prompt.askHidden('Enter your backup encryption key: '));
}

/**
 * @param lockDescriptor of the locked LOCAL_LOCK, which the processes of the AWS CLI inherit
 * @throws {BackupError} if a name can't be right, or the endpoint or the profile must not be used
 */
export function connectToBucket(
  settings: ConnectionSettings,
  { log, interruption }: CommandContext,
  lockDescriptor?: number,
): AwsCli {
  const { profile, region, bucket, endpointUrl, netTimeout, encryptionKey } = settings;
  if (/^s3:/i.test(bucket)) {
    throw new BackupError(`"${bucket}" is not the name of a bucket.`, {
      hint: 'Give its name alone, without "s3://" and without a path.',
    });
  }
  for (const [what, value] of Object.entries({ profile, region })) {
    if (value === '') {
      throw new BackupError(`The ${what} is empty.`, {
        hint: 'Give it: the AWS CLI would choose one itself, unchecked.',
      });
    }
  }
  return connect({
    profile,
    region,
    bucket,
    endpointUrl,
    netTimeout,
    environment: settings.environment ?? process.env,
    encryptionKey,
    interruption,
    log: (message) => log.info(message),
    ...(lockDescriptor === undefined ? {} : { lockDescriptor }),
  });
}

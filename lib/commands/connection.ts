// Connects a command to its bucket: by a config, if there is one, with the AWS CLI and the encryption key.
import type { AwsCli } from '../aws/aws-cli.js';
import type { Remote } from '../aws/remote.js';
import { connect } from '../aws/settings/connect.js';
import { BackupError } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import type { BackupConfig } from '../config/backup-config.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';

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

interface OpenConfig {
  readonly config: BackupConfig;
  readonly remote: Remote;
}

/**
 * Opens a config for a command that only reads the bucket.
 * @param configFile `undefined` for the config in the default place
 * @throws {BackupError} for a config that is missing or wrong
 */
export async function openConfig(
  configFile: string | undefined,
  context: CommandContext,
): Promise<OpenConfig> {
  const { log } = context;
  const config = await readConfig(configFileOrDefault(configFile), log);
  const aws = connectToBucket(config, context);
  return { config, remote: { aws, prefix: config.prefix, log } };
}

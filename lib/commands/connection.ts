// How a command comes to its bucket: the place that is named, and the settings of the config, if there is one.
import type { AwsCli } from '../aws/aws-cli.js';
import { connect } from '../aws/settings/connect.js';
import { BackupError } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import type { BackupConfig } from '../config/backup-config.js';

export interface BucketPlace {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
}

/**
 * @param config `undefined`: what the AWS CLI's own files and the environment say
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
        hint: 'Name it: the AWS CLI would take another one, which is not checked here.',
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

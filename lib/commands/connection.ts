// How a command comes to its bucket: the place that is named, and the settings of the config, if there is one.
import type { AwsCli } from '../aws/aws-cli.js';
import { connect } from '../aws/connect.js';
import type { BackupConfig } from '../config/config.js';
import type { CommandContext } from '../main.js';

export interface Place {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
}

export function placeOf({ awsProfile, awsRegion, awsBucket }: BackupConfig): Place {
  return { profile: awsProfile, region: awsRegion, bucket: awsBucket };
}

/**
 * @param config `undefined`: what the AWS CLI's own files and the environment say
 * @param lockDescriptor LOCAL_LOCK, locked: the AWS CLI's processes keep it
 * @throws {BackupError} for an endpoint or a profile that must not be used
 */
export function connectTo(
  { profile, region, bucket }: Place,
  config: Pick<BackupConfig, 'awsEndpointUrl' | 'awsNetTimeout' | 'environment'> | undefined,
  { log, interruption }: CommandContext,
  lockDescriptor?: number,
): Promise<AwsCli> {
  return connect({
    profile,
    region,
    bucket,
    endpointUrl: config?.awsEndpointUrl,
    netTimeout: config?.awsNetTimeout,
    environment: config?.environment ?? process.env,
    interruption,
    log: (message) => log.info(message),
    ...(lockDescriptor === undefined ? {} : { lockDescriptor }),
  });
}

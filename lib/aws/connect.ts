// From what the user configured to an AwsCli that may be used.
import { BackupError } from '../errors.js';
import { AwsCli, type AwsSettings } from './aws-cli.js';
import { checksumVariables, resolveEndpoint } from './endpoint.js';
import { ENDPOINT_PLUGIN, readProfile } from './profile-files.js';

/**
 * An `AwsCli` for the user's settings, whose endpoint has been found and checked.
 * @throws {BackupError} for an endpoint that must not be used, or a profile that would write the key to disk
 */
export async function connect(settings: AwsSettings): Promise<AwsCli> {
  const { environment } = settings;
  const profile = await readProfile(settings.profile, environment);
  if (profile['cli_history']?.toLowerCase() === 'enabled') {
    throw new BackupError(
      `The profile "${settings.profile}" has cli_history enabled: the AWS CLI would write the encryption key to disk.`,
      { hint: `Turn it off: aws configure set cli_history disabled --profile ${settings.profile}` },
    );
  }
  const endpointUrl = resolveEndpoint(settings.endpointUrl, environment, profile);
  if (endpointUrl === undefined && profile[ENDPOINT_PLUGIN] !== undefined) {
    throw new BackupError(
      `The AWS CLI's plugin "${profile[ENDPOINT_PLUGIN]}" may send the encryption key to an address that is not checked here.`,
      { hint: 'Set AWS_ENDPOINT_URL, which wins over it, in the config or the environment; or remove it.' },
    );
  }
  return new AwsCli({
    ...settings,
    endpointUrl,
    environment: { ...environment, ...checksumVariables(endpointUrl, environment, profile) },
  });
}

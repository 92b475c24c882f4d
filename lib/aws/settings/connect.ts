import { AwsCli, type AwsSettings } from '../aws-cli.js';
import { checksumVariables, resolveEndpoint } from './endpoint.js';
import { assertTrustedListener } from './listener.js';
import { MAX_BANDWIDTH, readProfile } from './profile-files.js';
import { assertNoRedirections } from './redirections.js';

/**
 * An `AwsCli` for the user's settings, with a checked endpoint.
 * @throws {BackupError} for an endpoint that the key must not be sent to, or files that would make the AWS CLI send it to
 *   another one or write it to disk
 */
export function connect(settings: AwsSettings): AwsCli {
  const { environment } = settings;
  const profile = readProfile(settings.profile, environment);
  const endpointUrl = assertTrustedListener(resolveEndpoint(settings.endpointUrl, environment, profile));
  assertNoRedirections(settings.profile, profile, environment, endpointUrl);
  return new AwsCli({
    ...settings,
    endpointUrl,
    limitsBandwidth: MAX_BANDWIDTH in profile,
    environment: { ...environment, ...checksumVariables(endpointUrl, environment, profile) },
  });
}

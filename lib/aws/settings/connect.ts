// From what the user configured to an AwsCli that may be used.
import { AwsCli, type AwsSettings } from '../aws-cli.js';
import { checksumVariables, resolveEndpoint } from './endpoint.js';
import { assertTrustedListener } from './listener.js';
import { MAX_BANDWIDTH, readProfile } from './profile-files.js';
import { assertNoRedirections } from './redirections.js';

/**
 * An `AwsCli` for the user's settings, whose endpoint has been found and checked.
 * @throws {BackupError} for an endpoint that must not be used, or files that lead the AWS CLI elsewhere or have it
 * write the key to disk
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

import type { AwsSettings } from '../aws-call.js';
import { AwsCli, DEFAULT_PROFILE } from '../aws-cli.js';
import { resolveEndpoint } from './endpoint.js';
import { assertTrustedListener } from './listener.js';
import { hasCredentials, MAX_BANDWIDTH, readProfile } from './profile-files.js';
import { assertNoRedirections } from './redirections.js';

/**
 * An `AwsCli` for the user's settings, with a checked endpoint.
 * @throws {BackupError} for an endpoint that must not get the key, or files that would make the AWS CLI send the key to
 *   another endpoint or write it to disk
 */
export function connect(settings: AwsSettings & { readonly profile: string }): AwsCli {
  const { environment, profile: name } = settings;
  const profile = readProfile(name, environment);
  const { url, checksumVariables } = resolveEndpoint(settings.endpointUrl, environment, profile);
  const endpointUrl = assertTrustedListener(url);
  assertNoRedirections(name, profile, environment, endpointUrl);
  // `--profile` makes the AWS CLI ignore credentials in variables. The default profile is named only if it has
  // credentials: otherwise they come from variables, a web identity, an EC2 instance or an ECS task.
  const isNamed = name !== DEFAULT_PROFILE || hasCredentials(profile);
  return new AwsCli({
    ...settings,
    profile: isNamed ? name : undefined,
    endpointUrl,
    limitsBandwidth: MAX_BANDWIDTH in profile,
    environment: { ...environment, ...checksumVariables },
  });
}

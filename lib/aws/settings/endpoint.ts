// Finds the endpoint by the AWS CLI's own rules and checks it. It is passed on as a flag, since an AWS CLI older than
// 1.29 or 2.13 does not read it from the environment or the profile.
import { BackupError } from '../../cli/errors.js';
import type { ProfileSettings } from './profile-files.js';

export interface Endpoint {
  /** `undefined` for AWS. */
  readonly url: string | undefined;
  /**
   * Variables that keep the AWS CLI from sending checksums to servers other than Amazon's, which may not know them.
   * Settings of the user, in the environment or the profile, are kept.
   */
  readonly checksumVariables: NodeJS.ProcessEnv;
}

/**
 * The endpoint to use.
 * @param configured AWS_ENDPOINT_URL of the config file
 * @throws {BackupError} if it is not a URL, or would carry the key unencrypted over a network
 */
export function resolveEndpoint(
  configured: string | undefined,
  environment: NodeJS.ProcessEnv,
  profile: ProfileSettings,
): Endpoint {
  const endpoint = configured || endpointOfUser(environment, profile);
  const url = endpoint === undefined ? undefined : checkedUrl(endpoint);
  return { url, checksumVariables: isAmazon(url) ? {} : checksumVariables(environment, profile) };
}

function checkedUrl(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && isExposed(url))
    throw new BackupError(
      `The endpoint ${url.origin} is plain http: the encryption key would travel unencrypted. Use its https address; plain http is accepted for this machine itself only.`,
    );
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    throw new BackupError(`The endpoint ${url.origin} contains a user name or a password.`, {
      hint: 'Put the credentials into ~/.aws/credentials instead: a list of processes shows the endpoint.',
    });
  }
  if (url?.protocol === 'https:') return endpoint;
  // Normalized: `127.1` is 127.0.0.1, but NO_PROXY does not match it.
  if (url?.protocol === 'http:') return url.href.replace(/\/$/, '');
  throw new BackupError(`The endpoint "${endpoint}" is not an https:// address.`, {
    hint: 'Correct AWS_ENDPOINT_URL, or endpoint_url in ~/.aws/config.',
  });
}

/** In botocore's order: variables before the profile, S3's before the general one. */
function endpointOfUser(environment: NodeJS.ProcessEnv, profile: ProfileSettings): string | undefined {
  const ignored =
    environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ?? profile['ignore_configured_endpoint_urls'];
  if (ignored?.toLowerCase() === 'true') return undefined;
  return (
    environment['AWS_ENDPOINT_URL_S3'] ||
    environment['AWS_ENDPOINT_URL'] ||
    profile['s3.endpoint_url'] ||
    profile['endpoint_url'] ||
    undefined
  );
}

/** True if the key would travel unencrypted: by plain http to another machine. */
export function isExposed({ protocol, hostname }: URL): boolean {
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  return protocol === 'http:' && !isLoopback;
}

/** True for AWS; false for another server, which may lack features of AWS or implement them differently. */
export function isAmazon(endpoint: string | undefined): boolean {
  return endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}

function checksumVariables(environment: NodeJS.ProcessEnv, profile: ProfileSettings): NodeJS.ProcessEnv {
  const variables: NodeJS.ProcessEnv = {};
  for (const name of ['request_checksum_calculation', 'response_checksum_validation']) {
    const variable = `AWS_${name.toUpperCase()}`;
    if (!environment[variable] && !profile[name]) variables[variable] = 'when_required';
  }
  return variables;
}

// Where the traffic goes. Found by the AWS CLI's own rules, so that what is checked here is what is used,
// and passed on as a flag, since a CLI older than 1.29 or 2.13 reads neither the variable nor the profile.
import { BackupError } from '../../cli/errors.js';
import type { ProfileSettings } from './profile-files.js';

/** What is said of an endpoint that `isExposed`. */
const EXPOSED_MESSAGE =
  'is plain http: the encryption key would travel unencrypted. Use its https address; plain http is accepted for this machine itself only.';

/**
 * The endpoint to use, or `undefined` for AWS's own.
 * @param configured AWS_ENDPOINT_URL of the config file
 * @throws {BackupError} if it is no URL, or would carry the key unencrypted over a network
 */
export function resolveEndpoint(
  configured: string | undefined,
  environment: NodeJS.ProcessEnv,
  profile: ProfileSettings,
): string | undefined {
  const endpoint = configured || endpointOfUser(environment, profile);
  if (endpoint === undefined) return undefined;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && isExposed(url))
    throw new BackupError(`The endpoint ${url.origin} ${EXPOSED_MESSAGE}`);
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    throw new BackupError(`The endpoint ${url.origin} is given with a user name or a password.`, {
      hint: 'Take them out: credentials belong into ~/.aws/credentials, where they show in no list of processes.',
    });
  }
  if (url?.protocol === 'https:') return endpoint;
  // As it was understood here: `127.1` is this machine, too, but not to the AWS CLI's list of what goes past a proxy.
  if (url?.protocol === 'http:') return url.href.replace(/\/$/, '');
  throw new BackupError(`The endpoint "${endpoint}" is not an https:// address.`, {
    hint: 'Correct AWS_ENDPOINT_URL, or endpoint_url in ~/.aws/config.',
  });
}

/** botocore's order: service variable, general variable, profile's services, profile. */
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

/** Whether the key would travel unencrypted: by plain http to anything but this machine. */
export function isExposed({ protocol, hostname }: URL): boolean {
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  return protocol === 'http:' && !isLoopback;
}

/**
 * The variables that keep a server other than AWS's from being sent checksums it may not know;
 * what the user set himself, in the environment or the profile, stays.
 */
export function checksumVariables(
  endpoint: string | undefined,
  environment: NodeJS.ProcessEnv,
  profile: ProfileSettings,
): NodeJS.ProcessEnv {
  if (endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname)) return {};
  const variables: NodeJS.ProcessEnv = {};
  for (const name of ['request_checksum_calculation', 'response_checksum_validation']) {
    const variable = `AWS_${name.toUpperCase()}`;
    if (!environment[variable] && !profile[name]) variables[variable] = 'when_required';
  }
  return variables;
}

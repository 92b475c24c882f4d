// The environment of every `aws` child: the user's variables, without those that could leak the key.

import { homeFolderOf } from '../../cli/user-folders.js';
import { withoutKey } from '../../secrets/environment.js';
import type { AwsConnection } from '../arguments/connection-arguments.js';

const REMOVED = [
  // A file for the secrets of TLS, which decrypt recorded traffic with the key in it.
  'SSLKEYLOGFILE',
  // A folder of descriptions of S3, which decide where requests go; redirections.ts refuses those in the usual places.
  'AWS_DATA_PATH',
  // Python modules that get each request.
  'BOTOCORE_EXPERIMENTAL__PLUGINS',
];
/** These name a profile, as the flag does. */
const PROFILES = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'];
/** If one of these is empty, the AWS CLI accepts any certificate. */
const REMOVED_IF_EMPTY = ['AWS_CA_BUNDLE', 'REQUESTS_CA_BUNDLE'];

/** @param inherited the user's variables; ENCRYPTION_KEY is removed */
export function childEnvironment(
  inherited: NodeJS.ProcessEnv,
  connection: Pick<AwsConnection, 'endpointUrl' | 'profile'>,
): NodeJS.ProcessEnv {
  const environment = withoutKey(inherited);
  for (const name of REMOVED) delete environment[name];
  if (connection.profile === undefined) for (const name of PROFILES) delete environment[name];
  for (const name of REMOVED_IF_EMPTY) if (environment[name] === '') delete environment[name];
  // The AWS CLI must read the same files in HOME as this program did. Without HOME, or with an empty one, it would look
  // in the folder `~`, or in `/`.
  environment['HOME'] = homeFolderOf(inherited) ?? '/nonexistent';
  // Otherwise it could wait for a key press.
  environment['AWS_PAGER'] = '';
  environment['AWS_CLI_AUTO_PROMPT'] = 'off';
  // This program parses errors in this format; newer AWS CLIs have others.
  environment['AWS_CLI_ERROR_FORMAT'] = 'legacy';
  // The checked endpoint is a flag, which overrides any other for S3; other services, such as STS for a role, keep
  // theirs. Without a flag, the AWS CLI has to ignore all configured endpoints: one that this program did not find, or
  // that is configured during the run, would be used unchecked.
  if (connection.endpointUrl === undefined) environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] = 'true';
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  // Without a UTF-8 locale, as under cron, the AWS CLI misreads names that are not ASCII.
  if (!/utf-?8$/i.test(locale)) environment['LC_ALL'] = 'C.UTF-8';
  const endpoint = connection.endpointUrl === undefined ? undefined : new URL(connection.endpointUrl);
  if (endpoint?.protocol === 'http:') {
    // Plain http to this machine must not go through a proxy.
    const without = ['127.0.0.1', 'localhost', '::1', endpoint.hostname];
    const noProxy = [environment['NO_PROXY'], environment['no_proxy'], ...without].filter(Boolean).join(',');
    environment['NO_PROXY'] = noProxy;
    environment['no_proxy'] = noProxy;
  }
  return environment;
}

// The environment of every `aws` child: the user's, plus what cron, old servers and plain loopback need.
import { withoutKey } from '../../secrets/environment.js';
import type { AwsConnection } from '../arguments/connection-arguments.js';
import { homeFolderOf } from './home.js';

/** The AWS CLI, or the Python it runs in, would do more than it is told. */
const TAKEN_AWAY = [
  // Writes the secrets of TLS to a file: whoever has recorded the traffic reads the key in it.
  'SSLKEYLOGFILE',
  // Descriptions of S3 that say where requests go; see other-ways.ts for those in files.
  'AWS_DATA_PATH',
  // Modules that see each request.
  'BOTOCORE_EXPERIMENTAL__PLUGINS',
];
/** Without a value, these do not stand for the usual certificates: the AWS CLI then takes any certificate. */
const TAKEN_AWAY_IF_EMPTY = ['AWS_CA_BUNDLE', 'REQUESTS_CA_BUNDLE'];

/** @param inherited the variables to start from; ENCRYPTION_KEY is dropped even if the user exported it */
export function childEnvironment(
  inherited: NodeJS.ProcessEnv,
  connection: Pick<AwsConnection, 'endpointUrl'>,
): NodeJS.ProcessEnv {
  const environment = withoutKey(inherited);
  for (const name of TAKEN_AWAY) delete environment[name];
  for (const name of TAKEN_AWAY_IF_EMPTY) if (environment[name] === '') delete environment[name];
  // The AWS CLI must look for its files where they have been looked for here; also where there is no home, or an
  // empty one, which would be the folder `~` for it, or `/`.
  environment['HOME'] = homeFolderOf(inherited) ?? '/nonexistent';
  // A pager or a prompt would wait for a key press.
  environment['AWS_PAGER'] = '';
  environment['AWS_CLI_AUTO_PROMPT'] = 'off';
  // What is read here; newer AWS CLIs have others.
  environment['AWS_CLI_ERROR_FORMAT'] = 'legacy';
  // The endpoint that was checked is a flag, which for S3 wins over all else; those of other services are theirs
  // then, as STS's for a role. Without a flag, one for S3 that we failed to understand, or that is set while the run
  // goes on, would be used unchecked: then none counts, since the AWS CLI can't ignore S3's alone.
  if (connection.endpointUrl === undefined) environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] = 'true';
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  // Otherwise, under cron for one, the CLI can't read names that are not ASCII, or takes them for others.
  if (!/utf-?8$/i.test(locale)) environment['LC_ALL'] = 'C.UTF-8';
  const endpoint = connection.endpointUrl === undefined ? undefined : new URL(connection.endpointUrl);
  if (endpoint?.protocol === 'http:') {
    // Plain loopback must not leave the machine through a proxy.
    const without = ['127.0.0.1', 'localhost', '::1', endpoint.hostname];
    const noProxy = [environment['NO_PROXY'], environment['no_proxy'], ...without].filter(Boolean).join(',');
    environment['NO_PROXY'] = noProxy;
    environment['no_proxy'] = noProxy;
  }
  return environment;
}

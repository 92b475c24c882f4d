// What the AWS CLI reads besides our arguments, and which of it is refused: what would lead the key away from the
// endpoint that was checked, or write it down. Variables that do so are taken away, by child-environment.ts. Each was
// seen to do what it says, with an AWS CLI of version 1 and one of version 2.
//
// Left alone, since they change neither the address nor the program nor whom to trust:
// - AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, endpoint_url, services: endpoint.ts finds and checks them; our flag wins.
// - data_path in a profile: the AWS CLI sets AWS_DATA_PATH for itself, which wins.
// - FIPS, dual-stack and accelerated endpoints: Amazon's, by https; with an endpoint of ours they fail or don't count.
// - HTTPS_PROXY: the proxy passes on what is encrypted. No profile can have it decrypted there.
// - AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE and ca_bundle with a value: whom to trust is for the user to say.
// - AWS_CSM_*: sends the names and times of calls, no headers.
// - AWS_CLI_UPGRADE_DEBUG_MODE, cli_follow_urlparam, api_versions, parameter_validation: warnings and checks.
// - preferred_transfer_client = crt: goes to the same host.
// - PATH, PYTHONPATH, credential_process, plugins that choose no endpoints: programs that the user chose, as `aws` is.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BackupError } from '../../cli/errors.js';
import { homeFolderOf } from './home.js';
import { parseIni } from './ini-file.js';
import { ENDPOINT_PLUGIN, type ProfileSettings, readIfExists } from './profile-files.js';

/** Where the AWS CLI finds aliases of commands, below the home directory. */
const ALIASES = '.aws/cli/alias';
/** Where it finds descriptions of services and of itself, which win over its own. */
const MODELS = '.aws/models';
const COMMANDS = ['s3', 's3api'];

/**
 * @param name of the profile
 * @param endpointUrl that was checked
 * @throws {BackupError} for a setting or a file with which the AWS CLI might do something else than it is told
 */
export function assertNoRedirections(
  name: string,
  profile: ProfileSettings,
  environment: NodeJS.ProcessEnv,
  endpointUrl: string | undefined,
): void {
  refuseSettings(name, profile, endpointUrl);
  for (const variable of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
    if (!/^~[^/]/.test(environment[variable] ?? '')) continue;
    throw new BackupError(`${variable} names a file below another user's home: it can't be checked here.`, {
      hint: `Write its path out: ${variable}=/home/…`,
    });
  }
  const home = homeFolderOf(environment);
  if (home === undefined) return;
  refuseAliases(join(home, ALIASES));
  refuseModels(join(home, MODELS));
}

function refuseSettings(name: string, profile: ProfileSettings, endpointUrl: string | undefined): void {
  if (profile['cli_history']?.toLowerCase() === 'enabled') {
    throw new BackupError(
      `The profile "${name}" has cli_history enabled: the AWS CLI would write the encryption key to disk.`,
      { hint: `Turn it off: aws configure set cli_history disabled --profile ${name}` },
    );
  }
  if (profile['ca_bundle'] === '') {
    throw new BackupError(
      `The profile "${name}" has an empty ca_bundle: the AWS CLI would check no server's certificate.`,
      { hint: 'Take the line out of ~/.aws/config, or name a file of certificates.' },
    );
  }
  const plugin = profile[ENDPOINT_PLUGIN];
  if (plugin === undefined) return;
  if (endpointUrl === undefined) {
    throw new BackupError(
      `The AWS CLI's plugin "${plugin}" may send the encryption key to an address that is not checked here.`,
      { hint: 'Set AWS_ENDPOINT_URL, which wins over it, in the config or the environment; or remove it.' },
    );
  }
  const isUnverified = ([setting, value]: [string, string]) =>
    setting.endsWith('.verify_ssl') && value.toLowerCase() === 'false';
  if (Object.entries(profile).some(isUnverified)) {
    throw new BackupError(
      `The profile "${name}" has verify_ssl = false, for the AWS CLI's plugin "${plugin}": no server's certificate would be checked.`,
      { hint: 'Take that line out, and name the certificate of your server: ca_bundle = FILE.' },
    );
  }
}

/** An alias replaces the command of its name, and our flags by its own. */
function refuseAliases(file: string): void {
  for (const [section, aliases] of parseIni(readIfExists(file))) {
    const [kind, command = ''] = section.split(' ');
    const redefined =
      section === 'toplevel'
        ? COMMANDS.find((it) => aliases[it] !== undefined)
        : COMMANDS.find((it) => kind === 'command' && it === command);
    if (redefined === undefined) continue;
    throw new BackupError(
      `${file}, section [${section}]: an alias changes what "aws ${redefined}" does. It may send the encryption key to an address that is not checked here.`,
      { hint: 'Give it a name of its own, in the section [toplevel]: my-s3 = s3 …' },
    );
  }
}

/** A description of S3 says where requests go, even with an endpoint of ours. Those that add to it may stay. */
function refuseModels(folder: string): void {
  for (const name of namesIn(folder)) {
    const file = join(folder, name);
    const describesAll = /^(endpoints|partitions|cli)\.json/.test(name);
    const describesS3 =
      name === 's3' &&
      namesIn(file).some((version) =>
        namesIn(join(file, version)).some((it) => !isHarmlessAddition(join(file, version, it))),
      );
    if (!describesAll && !describesS3) continue;
    throw new BackupError(
      `${file} replaces what the AWS CLI knows of S3. It may send the encryption key to an address that is not checked here.`,
      { hint: 'Move it away.' },
    );
  }
}

function isHarmlessAddition(file: string): boolean {
  return file.endsWith('.sdk-extras.json') && !/endpoint|hostPrefix/i.test(readIfExists(file));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

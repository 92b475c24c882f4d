// Refuses settings and files that would make the AWS CLI send the key to another endpoint than the checked one, or
// write it to disk. (child-environment.ts removes such variables.) Each was tried with version 1 and version 2 of the
// AWS CLI.
//
// These are not refused:
// - AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, endpoint_url, services: endpoint.ts finds and checks them, and the flag
//   wins.
// - data_path in a profile: AWS_DATA_PATH, which the AWS CLI sets for itself, wins.
// - FIPS, dual-stack and accelerated endpoints: they are Amazon's, by https; with another endpoint they fail or are
//   ignored.
// - HTTPS_PROXY: the proxy forwards encrypted traffic, and no profile lets it decrypt that.
// - AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE and ca_bundle with a value: the user decides which certificates to trust.
// - AWS_CSM_*: sends names and times of calls, no headers.
// - AWS_CLI_UPGRADE_DEBUG_MODE, cli_follow_urlparam, api_versions, parameter_validation: warnings and checks.
// - preferred_transfer_client = crt: uses the same endpoint.
// - PATH, PYTHONPATH, credential_process, plugins that choose no endpoints: the user chose these programs, as well as
//   `aws`.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BackupError } from '../../cli/errors.js';
import { homeFolderOf } from '../../cli/user-folders.js';
import { parseIni } from './ini-file.js';
import { ENDPOINT_PLUGIN, type ProfileSettings, readIfExists } from './profile-files.js';

/** The AWS CLI's aliases of commands, in the home directory. */
const ALIASES = '.aws/cli/alias';
/** Descriptions of services and of the AWS CLI itself, which override its own. */
const MODELS = '.aws/models';
const COMMANDS = ['s3', 's3api'];

/**
 * @param name of the profile
 * @param endpointUrl the checked one
 * @throws {BackupError} for a setting or file that could make the AWS CLI send the key elsewhere or write it to disk
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
    throw new BackupError(
      `${variable} names a file in another user's home directory as ~USER, which is not checked here.`,
      {
        hint: `Write its whole path: ${variable}=/home/…`,
      },
    );
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
      `The profile "${name}" has an empty ca_bundle: the AWS CLI would accept any certificate.`,
      { hint: 'Remove the line from ~/.aws/config, or name a file of certificates.' },
    );
  }
  const plugin = profile[ENDPOINT_PLUGIN];
  if (plugin === undefined) return;
  if (endpointUrl === undefined) {
    throw new BackupError(
      `The AWS CLI's plugin "${plugin}" may send the encryption key to an address that is not checked here.`,
      {
        hint: 'Set AWS_ENDPOINT_URL in the config or the environment, which overrides the plugin; or remove the plugin.',
      },
    );
  }
  const isUnverified = ([setting, value]: [string, string]) =>
    setting.endsWith('.verify_ssl') && value.toLowerCase() === 'false';
  if (Object.entries(profile).some(isUnverified)) {
    throw new BackupError(
      `The profile "${name}" has verify_ssl = false: with its plugin "${plugin}", the AWS CLI would accept any certificate.`,
      { hint: 'Replace that line by the certificate of your server: ca_bundle = FILE.' },
    );
  }
}

/** An alias replaces the command of the same name, and may add flags. */
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
      { hint: 'Give it another name, in the section [toplevel]: my-s3 = s3 …' },
    );
  }
}

/** A description of S3 can override the endpoint. One that only adds to the AWS CLI's own is accepted. */
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
      `${file} replaces what the AWS CLI knows about S3. It may send the encryption key to an address that is not checked here.`,
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

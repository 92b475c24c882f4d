import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An S3 account of the test server. */
export interface Account {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Writes the AWS profile files into `directory` and returns the environment variables
 * with which an AWS CLI finds them and the server. The profiles:
 * - `default`: the account `main`;
 * - `other`: another account, whose buckets `main` may not touch;
 * - `denied`: `main` with a wrong secret.
 *
 * `AWS_ENDPOINT_URL` is not read by AWS CLIs before 1.29 and 2.13 (Debian 12 has
 * 2.9): those need `--endpoint-url`.
 */
export async function writeClientFiles(
  directory: string,
  endpoint: string,
  caBundle: string,
  accounts: { main: Account; other: Account },
): Promise<Record<string, string>> {
  const denied = { ...accounts.main, secretAccessKey: 'a-wrong-secret' };
  const profiles = Object.entries({ default: accounts.main, other: accounts.other, denied });
  const configFile = join(directory, 'aws-config');
  const credentialsFile = join(directory, 'aws-credentials');
  await writeFile(configFile, profiles.map(([name]) => profileSettings(name)).join('\n'));
  await writeFile(credentialsFile, profiles.map(([name, account]) => credentials(name, account)).join('\n'), {
    mode: 0o600,
  });
  return {
    AWS_CONFIG_FILE: configFile,
    AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
    AWS_CA_BUNDLE: caBundle,
    AWS_ENDPOINT_URL: endpoint,
    // Older servers do not know the checksums that new CLIs add by default.
    AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
    AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '2',
  };
}

function profileSettings(name: string): string {
  const section = name === 'default' ? 'default' : `profile ${name}`;
  // The server's bucket names are not in the DNS, so they have to be in the path.
  return `[${section}]\nregion = us-east-1\ns3 =\n    addressing_style = path\n`;
}

function credentials(name: string, account: Account): string {
  return `[${name}]\naws_access_key_id = ${account.accessKeyId}\naws_secret_access_key = ${account.secretAccessKey}\n`;
}

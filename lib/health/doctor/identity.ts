// Checks the credentials: where they come from, how long they last, and to whom they belong.
import { getCallerIdentity } from '../../aws/arguments/bucket-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import type { ProfileSettings } from '../../aws/settings/profile-files.js';
import { shellQuote } from '../../cli/errors.js';
import { formatTime } from '../../cli/units/times.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { type Finding, failed, failedBy, notChecked, ok, warning } from './finding.js';
import { addToConfig, makeOwnProfile, printPolicy } from './remedies.js';

/** The settings in which login programs note the expiry in the credentials file, beside `aws_session_token`. */
const EXPIRY = ['x_security_token_expires', 'aws_expiration', 'expiration'];
/**
 * Variables for sources of credentials, in the AWS CLI's order; each with its further variables, none of which is
 * secret.
 */
const SOURCES: readonly (readonly string[])[] = [
  ['AWS_ACCESS_KEY_ID'],
  ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN', 'AWS_ROLE_SESSION_NAME'],
  ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
  ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
];

/**
 * @param profile its settings; of secrets, only the names are read
 * @param environment of the AWS CLI
 * @param inherited the environment of this process, which a scheduled run does not have
 * @param now ms since the epoch
 */
export function judgeCredentials(
  { profile: name, configFile }: Pick<BackupConfig, 'profile' | 'configFile'>,
  profile: ProfileSettings,
  environment: NodeJS.ProcessEnv,
  inherited: NodeJS.ProcessEnv,
  now: number,
): Finding {
  const of = `the profile "${name}"`;
  const lasting = makeOwnProfile(configFile);
  if ('mfa_serial' in profile)
    return failed(
      'credentials',
      `${of} asks for an MFA code, which nobody can type in a scheduled run: use an access key of its own, or a role`,
      lasting,
    );
  if (['sso_session', 'sso_start_url', 'login_session'].some((setting) => setting in profile))
    return warning(
      'credentials',
      `${of} has the credentials of a login, which expire after hours: a scheduled run needs its own access key, or a role`,
      lasting,
    );
  if ('aws_session_token' in profile) {
    const expiry = EXPIRY.map((setting) => profile[setting]).find((it) => it !== undefined);
    return judgeTemporary(of, expiry, now, lasting);
  }
  if ('role_arn' in profile || 'credential_process' in profile)
    return ok('credentials', `${of} renews its credentials automatically`);
  if ('aws_access_key_id' in profile)
    return ok('credentials', `${of} has an access key that does not expire`);
  const source = SOURCES.find(([variable = '']) => environment[variable] !== undefined);
  const [variable = ''] = source ?? [];
  if (source === undefined) return ok('credentials', `${of} has none: those of this machine are used`);
  const isKey = variable === 'AWS_ACCESS_KEY_ID';
  if (isKey && environment['AWS_SESSION_TOKEN'] !== undefined)
    return judgeTemporary('the environment', environment['AWS_CREDENTIAL_EXPIRATION'], now, lasting);
  if (inherited[variable] === environment[variable])
    return warning(
      'credentials',
      `they come from ${variable} in this shell, which a run by systemd or cron does not have`,
      isKey
        ? `aws configure --profile ${shellQuote(name)}`
        : addToConfig(configFile, ...exportLines(source, environment)),
    );
  return ok('credentials', `the config exports ${variable}`);
}

function exportLines(names: readonly string[], environment: NodeJS.ProcessEnv): string[] {
  return names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [`export ${name}=${shellQuote(value)}`];
  });
}

function judgeTemporary(where: string, expiry: string | undefined, now: number, lasting: string): Finding {
  const at = Date.parse(expiry ?? '');
  if (Number.isNaN(at))
    return warning('credentials', `${where} has temporary ones; when they expire is not noted`, lasting);
  if (at <= now) return failed('credentials', `those of ${where} have expired: ${formatTime(at)}`, lasting);
  return warning('credentials', `those of ${where} expire: ${formatTime(at)}`, lasting);
}

interface CheckedIdentity {
  /** `undefined` if it is not known. */
  readonly account: string | undefined;
  readonly finding: Finding;
}

/** Asks Amazon's STS; other servers have none, or a different one. */
export async function checkIdentity(aws: AwsCli, configFile: string): Promise<CheckedIdentity> {
  const unknown = (finding: Finding) => ({ account: undefined, finding });
  if (aws.endpointUrl !== undefined)
    return unknown(
      notChecked(
        'identity',
        `only AWS shows whose credentials are used, but the backup goes to ${aws.endpointUrl}`,
      ),
    );
  const args = getCallerIdentity();
  const answer = await aws.run(args);
  if (answer.exitCode !== 0) {
    const error = aws.errorOf(args, answer);
    const isTheirs = ['bad-credentials', 'no-credentials', 'no-profile', 'clock'].includes(error.kind);
    return unknown(isTheirs ? failedBy('identity', error) : notChecked('identity', error.detail));
  }
  const [account, arn = ''] = answer.stdout.trim().split('\t');
  return { account, finding: judgeIdentity(arn, configFile) };
}

export function judgeIdentity(arn: string, configFile: string): Finding {
  if (!arn.endsWith(':root')) return ok('identity', arn);
  return warning(
    'identity',
    `${arn}: the account's root may do everything, and so may anyone who steals these credentials. docs/security.md shows how to create a user for the backup, with the least policy`,
    printPolicy(configFile),
  );
}

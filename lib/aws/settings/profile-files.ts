// Reads a profile from ~/.aws/config and ~/.aws/credentials, by botocore's rules.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolderOf } from '../../cli/user-folders.js';
import { type IniSections, type IniSettings, parseIni } from './ini-file.js';

/** The settings of a profile by their names; a nested one is named `s3.endpoint_url`. */
export type ProfileSettings = IniSettings;

/** This program's name for the setting with the AWS CLI's plugin that chooses endpoints. */
export const ENDPOINT_PLUGIN = '[plugins] endpoint';
/** This program's name for `max_bandwidth` in the profile's S3 block. In a services section it has no effect. */
export const MAX_BANDWIDTH = "the profile's s3.max_bandwidth";

/** A profile with any of these has credentials. */
const CREDENTIALS = [
  'aws_access_key_id',
  'credential_process',
  'role_arn',
  'sso_session',
  'sso_start_url',
  'login_session',
];

/**
 * The settings of `profile`, with those of its `services` section; the credentials file wins. Files that are missing or
 * can't be read count as empty: the AWS CLI's own messages explain that best.
 */
export function readProfile(profile: string, environment: NodeJS.ProcessEnv): ProfileSettings {
  const { config: sections, credentials } = readFiles(environment);
  const settings = { ...settingsOf('profile', profile, sections), ...credentials.get(profile) };
  const services = settings['services'];
  // Nested settings in the profile have no effect on endpoints, but an endpoint plugin reads verify_ssl there.
  const own = Object.fromEntries(
    Object.entries(settings).filter(([name]) => !name.includes('.') || name.endsWith('.verify_ssl')),
  );
  const bandwidth = settings['s3.max_bandwidth'];
  const plugin = Object.entries(sections.get('plugins') ?? {}).find((it) => /endpoint/i.test(it.join()))?.[1];
  return {
    ...own,
    ...(services === undefined ? {} : settingsOf('services', services, sections)),
    ...(plugin === undefined ? {} : { [ENDPOINT_PLUGIN]: plugin }),
    ...(bandwidth === undefined ? {} : { [MAX_BANDWIDTH]: bandwidth }),
  };
}

/** The names of all profiles, in both files. */
export function profileNames(environment: NodeJS.ProcessEnv): string[] {
  const { config, credentials } = readFiles(environment);
  const named = [...config.keys()].flatMap((section) =>
    section === 'default' ? [section] : (/^profile (.+)$/.exec(section)?.slice(1) ?? []),
  );
  return [...new Set([...named, ...credentials.keys()])].sort();
}

function readFiles(environment: NodeJS.ProcessEnv): Record<'config' | 'credentials', IniSections> {
  const home = homeFolderOf(environment);
  const sectionsOf = (variable: string, usual: string) => {
    const path = environment[variable] ?? (home === undefined ? undefined : join(home, usual));
    return parseIni(path === undefined ? '' : readIfExists(expand(path, home, environment)));
  };
  return {
    config: sectionsOf('AWS_CONFIG_FILE', '.aws/config'),
    credentials: sectionsOf('AWS_SHARED_CREDENTIALS_FILE', '.aws/credentials'),
  };
}

/** True if the profile says where credentials come from. */
export function hasCredentials(profile: ProfileSettings): boolean {
  return CREDENTIALS.some((name) => name in profile);
}

/** Of several sections of a name, only the last one counts; `[profiles NAME]` means `[profile NAME]`. */
function settingsOf(kind: string, name: string, sections: IniSections): IniSettings {
  const isNamed = (section: string) =>
    (section.startsWith(kind) && section.replace(/^\S+ ?/, '') === name) ||
    (kind === 'profile' && name === 'default' && section === name);
  return [...sections].findLast(([section]) => isNamed(section))?.[1] ?? {};
}

/** Expands `~` and variables, as botocore does in the paths of its files. */
function expand(path: string, home: string | undefined, environment: NodeJS.ProcessEnv): string {
  return path
    .replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced, bare) => environment[braced ?? bare] ?? all)
    .replace(/^~(?=\/|$)/, (tilde) => home ?? tilde);
}

/** A file's text; empty if it is missing or can't be read. */
export function readIfExists(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

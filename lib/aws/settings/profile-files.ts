// What the user set in ~/.aws/config and ~/.aws/credentials, as far as our own defaults depend on it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolderOf } from './home.js';
import { type IniSections, type IniSettings, parseIni } from './ini-file.js';

/** Settings of a profile; those of a nested block are named `s3.endpoint_url`. */
export type ProfileSettings = IniSettings;

/** The name of a setting that stands for a plugin of the AWS CLI which chooses endpoints. */
export const ENDPOINT_PLUGIN = '[plugins] endpoint';
/** The name of `max_bandwidth` in the profile's block of S3. One in a services section does not count. */
export const MAX_BANDWIDTH = "the profile's s3.max_bandwidth";

/**
 * The settings of `profile`, with those of its `services` section. As in botocore, the credentials file wins.
 * Files that are missing or unreadable count as empty: the AWS CLI itself explains those best.
 */
export function readProfile(profile: string, environment: NodeJS.ProcessEnv): ProfileSettings {
  const home = homeFolderOf(environment);
  const file = (variable: string, usual: string) => {
    const path = environment[variable] ?? (home === undefined ? undefined : join(home, usual));
    return path === undefined ? '' : readIfExists(expand(path, home, environment));
  };
  const config = file('AWS_CONFIG_FILE', '.aws/config');
  const credentials = file('AWS_SHARED_CREDENTIALS_FILE', '.aws/credentials');
  const sections = parseIni(config);
  const settings = {
    ...settingsOf('profile', profile, sections),
    ...parseIni(credentials).get(profile),
  };
  const services = settings['services'];
  // The endpoint of a service counts in a services section only, not in a block of the profile. But the plugin that
  // chooses endpoints reads there whether certificates count.
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

/** Of several sections, the last one counts alone; and `[profiles NAME]` is as good as `[profile NAME]`. */
function settingsOf(kind: string, name: string, sections: IniSections): IniSettings {
  const isOurs = (section: string) =>
    (section.startsWith(kind) && section.replace(/^\S+ ?/, '') === name) ||
    (kind === 'profile' && name === 'default' && section === name);
  return [...sections].findLast(([section]) => isOurs(section))?.[1] ?? {};
}

/** `~` and variables, as botocore has them in the names of its files. */
function expand(path: string, home: string | undefined, environment: NodeJS.ProcessEnv): string {
  return path
    .replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced, bare) => environment[braced ?? bare] ?? all)
    .replace(/^~(?=\/|$)/, (tilde) => home ?? tilde);
}

/** A file's text; empty for one that is missing or unreadable. */
export function readIfExists(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

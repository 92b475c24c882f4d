// What the user set in ~/.aws/config and ~/.aws/credentials, as far as our own defaults depend on it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeOf } from '../home.js';

/** Settings of a profile; those of a nested block are named `s3.endpoint_url`. */
export type ProfileSettings = Readonly<Record<string, string>>;

/** Reading INI costs a module; most files have nothing that we look for. */
const OF_INTEREST = /endpoint|checksum|cli_history/i;
/** The name of a setting that stands for a plugin of the AWS CLI which chooses endpoints. */
export const ENDPOINT_PLUGIN = '[plugins] endpoint';

/**
 * The settings of `profile`, with those of its `services` section. As in botocore, the credentials file wins.
 * Files that are missing or unreadable count as empty: the AWS CLI itself explains those best.
 */
export async function readProfile(profile: string, environment: NodeJS.ProcessEnv): Promise<ProfileSettings> {
  const home = homeOf(environment);
  const file = (variable: string, usual: string) => {
    const path = environment[variable] ?? (home === undefined ? undefined : join(home, usual));
    return path === undefined ? '' : readIfThere(expand(path, home, environment));
  };
  const config = file('AWS_CONFIG_FILE', '.aws/config');
  const credentials = file('AWS_SHARED_CREDENTIALS_FILE', '.aws/credentials');
  if (!OF_INTEREST.test(config) && !OF_INTEREST.test(credentials)) return {};
  const { parse } = await import('ini');
  const sections = parse(normalize(config));
  const settings = {
    ...(profile === 'default' ? sectionOf(sections, 'default') : {}),
    ...sectionOf(sections, `profile ${profile}`),
    ...sectionOf(parse(normalize(credentials)), profile),
  };
  const services = settings['services'];
  // The endpoint of a service counts in a services section only, not in a block of the profile.
  const own = Object.fromEntries(Object.entries(settings).filter(([name]) => !name.includes('.')));
  const plugin = Object.entries(sectionOf(sections, 'plugins')).find((it) =>
    /endpoint/i.test(it.join()),
  )?.[1];
  return {
    ...own,
    ...(services === undefined ? {} : sectionOf(sections, `services ${services}`)),
    ...(plugin === undefined ? {} : { [ENDPOINT_PLUGIN]: plugin }),
  };
}

/** `~` and variables, as botocore has them in the names of its files. */
function expand(path: string, home: string | undefined, environment: NodeJS.ProcessEnv): string {
  return path
    .replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced, bare) => environment[braced ?? bare] ?? all)
    .replace(/^~(?=\/|$)/, (tilde) => home ?? tilde);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The text as Python's configparser understands it, in the form that `ini` reads: names in lower case, `:` as
 * well as `=`, single blanks in a section's name; and without nesting, which INI does not know: an indented
 * `endpoint_url` below `s3 =` becomes `s3.endpoint_url`.
 */
function normalize(text: string): string {
  let block = '';
  let depth = 0;
  const lines = text.split(/\r?\n/).map((line) => {
    const section = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (section !== undefined) {
      block = '';
      return `[${section.trim().replaceAll(/\s+/g, ' ')}]`;
    }
    const [, indent = '', name, value = ''] = /^(\s*)([^=:#;\s][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) return '';
    const isNested = block !== '' && indent.length > depth;
    if (!isNested) {
      block = value === '' ? name.toLowerCase() : '';
      depth = indent.length;
    }
    return `${isNested ? `${block}.` : ''}${name.toLowerCase()} = ${value}`;
  });
  return lines.join('\n');
}

/** `ini` makes nested objects of dots in a section's name; a profile's name may have dots. */
function sectionOf(sections: Record<string, unknown>, name: string): Record<string, string> {
  const unquoted = Object.fromEntries(
    Object.entries(sections).map(([key, value]) => [key.replaceAll(/["']/g, ''), value]),
  );
  let found: unknown = unquoted;
  for (const part of name.split('.')) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, part) : undefined;
  }
  if (typeof found !== 'object' || found === null) return {};
  return Object.fromEntries(
    // `ini` makes booleans of some words.
    Object.entries(found).flatMap(([key, value]) =>
      typeof value === 'object' ? [] : [[key, String(value)]],
    ),
  );
}

import { EXPOSED_MESSAGE, isExposed } from '../aws/settings/endpoint.js';
import { EncryptionKey, KEY_BYTES } from '../secrets/encryption-key.js';
import type { Problems } from './problems.js';
import { holdsKeyLine, isOneLine } from './shown.js';

/** S3's own limit for the days of a lifecycle rule is that of a 32-bit integer. */
const MAX_NUMBER = 2 ** 31 - 1;
const PLACEHOLDER = /%(BUCKET|LOCAL_DIR|PREFIX_DIR|32_CHARACTERS_KEY)%/;
const RESERVED_PREFIX = 'backup.info/';

/** What the template has in the place of a value, if it is still there. */
export function placeholderIn(value: string): string | undefined {
  return PLACEHOLDER.exec(value)?.[0];
}

/** A whole number above zero. */
export function checkNumber(name: string, value: string, unit: string, problems: Problems): number {
  const number = /^\d{1,20}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > MAX_NUMBER) {
    problems.add(
      name,
      `${name} must be a whole number of ${unit}, from 1 to ${MAX_NUMBER}, not ${problems.shown(value)}.`,
    );
  }
  return number;
}

/** A whole number from 0 to 100. */
export function checkPercent(name: string, value: string, problems: Problems): number {
  const isPercent = /^\d{1,3}$/.test(value) && Number(value) <= 100;
  if (!isPercent)
    problems.add(name, `${name} must be a whole number from 0 to 100, not ${problems.shown(value)}.`);
  return Number(value);
}

/** What `aws s3 sync --exclude` is given: each of them must be able to match a file. */
export function checkPatterns(
  name: string,
  patterns: readonly string[],
  problems: Problems,
): readonly string[] {
  if (patterns.some(holdsKeyLine)) problems.addSwallowedKey(name);
  // A key that was swallowed may have been split at its blanks: then no element may be quoted.
  const mayQuote = patterns.every(isOneLine);
  for (const pattern of patterns) {
    if (/.,$/.test(pattern)) {
      const advice = 'The patterns stand between blanks, without commas.';
      problems.warn(name, `${name} holds ${mayQuote ? problems.shown(pattern) : 'a pattern'}. ${advice}`);
    }
    if (pattern === '') problems.add(name, `${name} holds an empty pattern. Take it out.`);
    if (/^\.?\//.test(pattern)) {
      const advice = 'Patterns are relative to LOCAL_DIR, and begin without "/" and "./".';
      problems.add(name, `${name} holds ${mayQuote ? problems.shown(pattern) : 'a pattern'}. ${advice}`);
    }
    if (pattern.endsWith('/')) {
      const advice = `A directory is excluded by what is in it, as in 'cache/*'.`;
      problems.add(
        name,
        `${name} holds ${mayQuote ? problems.shown(pattern) : 'a pattern'}, which matches no file. ${advice}`,
      );
    }
  }
  return patterns;
}

/** The key; `undefined` after a problem. The value itself is never told. */
export function checkKey(name: string, value: string, problems: Problems): EncryptionKey | undefined {
  const placeholder = placeholderIn(value);
  const bytes = Buffer.byteLength(value);
  if (placeholder !== undefined) problems.add(name, unreplaced(name, placeholder));
  else if (bytes !== KEY_BYTES) {
    const remark = [...value].length === bytes ? '' : ' (characters that are not ASCII take more than one)';
    problems.add(name, `${name} must be exactly ${KEY_BYTES} bytes long, but it has ${bytes}${remark}.`);
  } else return new EncryptionKey(value);
  return undefined;
}

export function unreplaced(name: string, placeholder: string): string {
  return `${name} still holds the template's ${placeholder}. Replace it with a value of yours.`;
}

export function checkBucket(name: string, value: string, problems: Problems): void {
  const placeholder = placeholderIn(value);
  if (placeholder !== undefined) problems.add(name, unreplaced(name, placeholder));
  else if (/^s3:\/\//i.test(value) || value.includes('/')) {
    const advice = `Put only the bucket's name here, and a path in the bucket into REMOTE_DIR_PREFIX.`;
    problems.add(
      name,
      `${name} is ${problems.shown(value)}, but a bucket's name has no "s3://" and no "/". ${advice}`,
    );
  } else if (!/^[A-Za-z0-9._-]{3,255}$/.test(value)) {
    const rule = 'It has 3 to 63 letters, digits, hyphens and dots.';
    problems.add(name, `${name} is ${problems.shown(value)}, which cannot be the name of a bucket. ${rule}`);
  }
}

/** A URL may hold a password: it is not told. */
export function checkEndpoint(name: string, value: string, problems: Problems): void {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:\/\//i.test(value) || url.hostname === '') {
    problems.add(name, `${name} is not a URL such as https://s3.example.com or https://s3.example.com:9000.`);
  } else if (url.username !== '' || url.password !== '') {
    problems.add(name, `${name} holds a user name or password; these belong into the AWS CLI's profile.`);
  } else if (isExposed(url)) problems.add(name, `${name} ${EXPOSED_MESSAGE}`);
}

export function checkStorageClass(name: string, value: string, problems: Problems): void {
  if (!/^[A-Z0-9_]+$/.test(value)) {
    problems.add(
      name,
      `${name} is ${problems.shown(value)}, but storage classes are written like STANDARD_IA.`,
    );
  } else if (value === 'GLACIER' || value === 'DEEP_ARCHIVE') {
    const reason =
      'What is stored so cannot be read back at once, and every run reads a file back to verify it.';
    problems.add(name, `${name} cannot be ${value}. ${reason} GLACIER_IR can be.`);
  }
}

/** Exactly the original's: a `/` is appended to what is not empty, whatever it ends with. */
export function checkPrefix(name: string, value: string, problems: Problems): string {
  const prefix = value === '' ? '' : `${value}/`;
  const placeholder = placeholderIn(value);
  if (placeholder !== undefined) problems.warn(name, unreplaced(name, placeholder));
  if (prefix.startsWith(RESERVED_PREFIX)) {
    problems.add(
      name,
      `${name} cannot be ${problems.shown(value)}: ${RESERVED_PREFIX} holds what belongs to the backup itself.`,
    );
  }
  return prefix;
}

/** A name that stands in messages: printable characters, of which one at least is no blank. */
export function checkHostId(name: string, value: string, problems: Problems): string {
  if (!/\S/.test(value) || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(value))
    problems.add(name, `${name} must be a name of printable characters, without control characters.`);
  return value;
}

/** A local path; `~` in quotes is a directory's name to bash, and never what is meant. */
export function checkPath(name: string, value: string, problems: Problems): void {
  const placeholder = placeholderIn(value);
  if (placeholder !== undefined) problems.add(name, unreplaced(name, placeholder));
  else if (/^~(\/|$)/.test(value)) {
    problems.add(
      name,
      `${name} begins with a ~ in quotes, which bash leaves as it is. Take it out of the quotes.`,
    );
  }
}

/** The original follows links at `yes` only, without a word about `true` or `1`. */
export function checkYesOrNo(name: string, value: string, problems: Problems): boolean {
  if (!['yes', 'no', ''].includes(value))
    problems.add(name, `${name} must be 'yes' or 'no', not ${problems.shown(value)}.`);
  return value === 'yes';
}

/** A file's name without its folder; `undefined` for an empty one. */
export function checkFileName(name: string, value: string, problems: Problems): string | undefined {
  if (value.includes('/') || value === '.' || value === '..')
    problems.add(
      name,
      `${name} is ${problems.shown(value)}, but it must be the name of a file, without a "/".`,
    );
  return value === '' ? undefined : value;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** Bytes, one at least; `undefined` for an empty value. */
export function checkSize(name: string, value: string, problems: Problems): number | undefined {
  if (value === '') return undefined;
  const [, digits = '', unit = ''] = /^(\d{1,15})([KMGT]?)$/i.exec(value) ?? [];
  // No limit is meant by 0, if anything.
  if (Number(digits) === 0)
    problems.add(
      name,
      `${name} is ${problems.shown(value)}, but it must be a number of bytes, such as 500M or 2G.`,
    );
  return Number(digits) * (UNITS[unit.toUpperCase()] ?? 1);
}

/** A whole number between two, both included. */
export function checkWhole(
  name: string,
  value: string,
  [least, most]: readonly [number, number],
  problems: Problems,
): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) {
    problems.add(
      name,
      `${name} must be a whole number from ${least} to ${most}, not ${problems.shown(value)}.`,
    );
  }
  return number;
}

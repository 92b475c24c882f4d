// Checks the values of settings. Each check returns the parsed value, or throws an InvalidValue.
import { RESERVED_PREFIX } from '../aws/listing.js';
import { isExposed } from '../aws/settings/endpoint.js';
import { EncryptionKey, KEY_BYTES } from '../secrets/encryption-key.js';

/** @param warn logs a warning: the rest of a sentence that begins with the value */
export type Check<T> = (value: string, warn: (text: string) => void) => T;

/** A value that a setting can't have. The message never quotes it: it may hold the key. */
export class InvalidValue extends Error {
  /** A sentence that says what to write instead; may be empty. */
  readonly advice: string;
  /** Whether the report may quote the value. */
  readonly isQuotable: boolean;

  /** @param rule the rest of a sentence that begins with the setting's name, such as `must be a name` */
  constructor(rule: string, advice = '', isQuotable = true) {
    super(rule);
    this.advice = advice;
    this.isQuotable = isQuotable;
  }
}

/** Any text. */
export function text(value: string): string {
  return value;
}

/** A whole number, both limits included. */
export function wholeNumber(least: number, most: number, unit = ''): Check<number> {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    const what = unit === '' ? 'a whole number' : `a whole number of ${unit}`;
    throw new InvalidValue(`must be ${what} from ${least} to ${most}`);
  };
}

/** A number of days or seconds. S3 and Python take no more than a 32-bit integer holds. */
export function duration(unit: 'days' | 'seconds'): Check<number> {
  return wholeNumber(1, 2 ** 31 - 1, unit);
}

/** Only these words: the original silently takes `true` or `1` for no. */
export function yesOrNo(value: string): boolean {
  if (value !== 'yes' && value !== 'no') throw new InvalidValue("must be 'yes' or 'no'");
  return value === 'yes';
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** Bytes, at least one. */
export function size(value: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,15})([KMGT]?)$/i.exec(value) ?? [];
  if (Number(digits) > 0) return Number(digits) * (UNITS[unit.toUpperCase()] ?? 1);
  throw new InvalidValue('must be a number of bytes, such as 500M or 2G');
}

/** The 32 bytes of an SSE-C key. */
export function encryptionKey(value: string): EncryptionKey {
  const bytes = Buffer.byteLength(value);
  if (bytes === KEY_BYTES) return new EncryptionKey(value);
  const remark = [...value].length === bytes ? '' : ' (characters that are not ASCII take more than one)';
  throw new InvalidValue(`must be exactly ${KEY_BYTES} bytes long, but it has ${bytes}${remark}`, '', false);
}

export function bucketName(value: string): string {
  if (/^s3:\/\//i.test(value) || value.includes('/')) {
    const advice = 'A path in the bucket belongs in REMOTE_DIR_PREFIX.';
    throw new InvalidValue('must be the name of a bucket, without "s3://" and "/"', advice);
  }
  if (/^[A-Za-z0-9._-]{3,255}$/.test(value)) return value;
  throw new InvalidValue('must be the name of a bucket: 3 to 63 letters, digits, hyphens and dots');
}

/** Older buckets may have other names. */
export function newBucketName(value: string): string {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value)) return value;
  throw new InvalidValue(
    'must be one that a new bucket can have: 3 to 63 lower-case letters, digits, hyphens and dots',
  );
}

/** An address that the key may be sent to. It may hold a password, which no message quotes. */
export function endpointUrl(bucket: string): Check<string> {
  return (value, warn) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || !/^https?:\/\//i.test(value) || url.hostname === '') {
      const examples = 'https://s3.example.com or https://s3.example.com:9000';
      throw new InvalidValue(`must be a URL such as ${examples}`, '', false);
    }
    if (url.username !== '' || url.password !== '') {
      const advice = "They belong in the AWS CLI's profile.";
      throw new InvalidValue('must not hold a user name or password', advice, false);
    }
    if (isExposed(url)) {
      const rule = 'must be an https address: plain http would send the encryption key unencrypted';
      throw new InvalidValue(rule, 'Plain http is accepted for this machine only.', false);
    }
    checkNoBucketName(url, bucket, warn);
    return value;
  };
}

/** The AWS CLI adds the bucket's name to the address. An address that contains it leads to another server or bucket. */
function checkNoBucketName(
  { protocol, host, pathname }: URL,
  bucket: string,
  warn: (text: string) => void,
): void {
  if (bucket === '') return;
  const isInHost = host.startsWith(`${bucket}.`);
  const server = isInHost ? host.slice(bucket.length + 1) : host;
  if (pathname.split('/').includes(bucket) || (isInHost && /^s3[.-]/.test(server))) {
    const advice = `Write ${protocol}//${server}.`;
    throw new InvalidValue("must not hold the bucket's name, which the AWS CLI adds", advice, false);
  }
  // A private server may have a name that begins like the bucket's; public ones have longer names.
  if (isInHost && server.split('.').length > 2)
    warn(
      `begins with the bucket's name, which the AWS CLI adds: if the server's name does not, write ${protocol}//${server}.`,
    );
}

/** Whether a hook is a command, not an address. */
export function isCommand(value: string): boolean {
  return !/^https?:/i.test(value);
}

/** A shell command, or an address to ping. An address may be a secret, which no message quotes. */
export function hook(value: string): string {
  if (isCommand(value)) return value;
  const { username, password } = URL.canParse(value) ? new URL(value) : {};
  // fetch refuses such an address, and its error would quote it.
  if (username || password)
    throw new InvalidValue('must not hold a user name or password', 'curl can send them.', false);
  if (URL.canParse(value) && !isExposed(new URL(value))) return value;
  throw new InvalidValue('must be a command or an https:// address', '', false);
}

/** An address to ping, or nothing. */
export function pingAddress(value: string): string {
  if (value === '' || !isCommand(value)) return hook(value);
  throw new InvalidValue('must be an https:// address', '', false);
}

/** A class whose objects can be read at once, since a run reads a file back to verify it. */
export function storageClass(value: string): string {
  if (!/^[A-Z0-9_]+$/.test(value)) throw new InvalidValue('must be a storage class such as STANDARD_IA');
  if (value !== 'GLACIER' && value !== 'DEEP_ARCHIVE') return value;
  const advice = 'Every daily run reads a file back to verify it. GLACIER_IR allows that.';
  throw new InvalidValue('must be a storage class whose objects can be read at once', advice);
}

/** The original's upload-key backs up the escrow there. */
const ESCROW_PREFIX = `${RESERVED_PREFIX}key/`;

/** The prefix of the backup's keys. Like the original, this appends a `/` unless the value is empty. */
export function keyPrefix(value: string): string {
  const prefix = value === '' ? '' : `${value}/`;
  if (!prefix.startsWith(RESERVED_PREFIX) || prefix === ESCROW_PREFIX) return prefix;
  throw new InvalidValue(`must not begin with ${RESERVED_PREFIX}, where this program keeps its own objects`);
}

/** A name that messages show. */
export function printableName(value: string): string {
  if (/\S/.test(value) && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) return value;
  throw new InvalidValue('must be a name of printable characters, without control characters', '', false);
}

/** The name of a file in any folder. */
export function fileName(value: string): string {
  if (!value.includes('/') && value !== '.' && value !== '..') return value;
  throw new InvalidValue('must be the name of a file, without a "/"');
}

/** A path on this machine. Bash does not expand a `~` in quotes, and nobody means a folder of that name. */
export function localPath(value: string): string {
  if (/^~(\/|$)/.test(value))
    throw new InvalidValue('must not begin with a ~ in quotes', 'Write ~ outside of them.');
  return value;
}

/** A pattern of EXCLUDE that can match a file. */
export function pattern(value: string, warn: (text: string) => void): string {
  if (value === '') throw new InvalidValue('must not hold an empty pattern', 'Take it out.', false);
  if (/^\.?\//.test(value)) {
    const advice = 'They are relative to LOCAL_DIR, and begin with neither "/" nor "./".';
    throw new InvalidValue('must hold patterns that can match', advice);
  }
  if (value.endsWith('/')) {
    const advice = "It matches no file. Exclude a folder by what is in it: 'cache/*'.";
    throw new InvalidValue('must hold patterns of files', advice);
  }
  if (/.,$/.test(value))
    warn('ends with a comma, which is part of the pattern: separate patterns by blanks.');
  return value;
}

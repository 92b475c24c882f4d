// What a bucket is set to, as far as that matters to a backup.
import { allSettledOrThrow } from '../../cli/concurrency.js';
import {
  getEncryption,
  getLifecycle,
  getPublicAccessBlock,
  getVersioning,
} from '../arguments/bucket-arguments.js';
import type { AwsCli } from '../aws-cli.js';
import type { AwsError } from '../aws-error.js';
import { kindOfAwsError, parseFailure } from '../error-kinds.js';
import { NEWER_MODEL } from '../newer-model.js';
import type { LifecycleRule } from './lifecycle.js';

/** A setting, or why it is not known: the server does not implement it, or the profile's user may not ask. */
export type Asked<T> = { readonly value: T } | { readonly unknown: AwsError };

export interface BucketSettings {
  readonly versioning: Asked<'enabled' | 'suspended' | 'never'>;
  readonly lifecycle: Asked<Lifecycle>;
  readonly encryption: Asked<readonly EncryptionRule[]>;
  readonly publicAccess: Asked<PublicAccessBlock>;
}

export interface Lifecycle {
  readonly Rules: readonly LifecycleRule[];
  readonly TransitionDefaultMinimumObjectSize?: string;
}

/** As the AWS CLI prints and takes it. */
export interface EncryptionRule {
  readonly ApplyServerSideEncryptionByDefault?: object;
  readonly BlockedEncryptionTypes?: { readonly EncryptionType?: readonly string[] };
}

export type PublicAccessBlock = Readonly<Record<string, boolean>>;

const NO_RULES: Lifecycle = { Rules: [] };

/** AWS's for a new bucket. Public access is blocked since April 2023. Whether SSE-C is blocked, one can't rely on. */
export const NEW_BUCKET = {
  versioning: { value: 'never' },
  lifecycle: { value: NO_RULES },
  encryption: { value: [{ BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } }] },
  publicAccess: { value: allBlocked() },
} as const satisfies BucketSettings;

export function allBlocked(): PublicAccessBlock {
  const names = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
  return Object.fromEntries(names.map((name) => [name, true]));
}

export async function fetchBucketSettings(aws: AwsCli): Promise<BucketSettings> {
  const { bucket } = aws;
  const [versioning, lifecycle, encryption, publicAccess] = await allSettledOrThrow(
    ask(aws, getVersioning(bucket), (text) => VERSIONING[text.trim()] ?? 'never'),
    ask(aws, getLifecycle(bucket), (text) => ({ ...NO_RULES, ...parse<Lifecycle>(text) }), {
      code: 'NoSuchLifecycleConfiguration',
      value: NO_RULES,
    }),
    ask<readonly EncryptionRule[]>(
      aws,
      getEncryption(bucket),
      (text) => parse<Encryption>(text).ServerSideEncryptionConfiguration?.Rules ?? [],
      { code: 'ServerSideEncryptionConfigurationNotFoundError', value: [] },
    ),
    ask(
      aws,
      getPublicAccessBlock(bucket),
      (text) => parse<PublicAccess>(text).PublicAccessBlockConfiguration ?? {},
      { code: 'NoSuchPublicAccessBlockConfiguration', value: {} },
    ),
  );
  return { versioning, lifecycle, encryption, publicAccess };
}

const VERSIONING: Readonly<Record<string, 'enabled' | 'suspended'>> = {
  Enabled: 'enabled',
  Suspended: 'suspended',
};

interface Encryption {
  readonly ServerSideEncryptionConfiguration?: { readonly Rules?: readonly EncryptionRule[] };
}

interface PublicAccess {
  readonly PublicAccessBlockConfiguration?: PublicAccessBlock;
}

/** The AWS CLI prints nothing for an empty answer. */
function parse<T extends object>(text: string): T {
  return text.trim() === '' ? ({} as T) : (JSON.parse(text) as T);
}

/** @param absent S3's error code for a bucket without the setting, and what that means */
async function ask<T>(
  aws: AwsCli,
  args: readonly string[],
  parse: (stdout: string) => T,
  absent?: { readonly code: string; readonly value: T },
): Promise<Asked<T>> {
  // An AWS CLI that does not know BlockedEncryptionTypes would not print them.
  const answer = await aws.run(args, { environment: NEWER_MODEL });
  if (answer.exitCode === 0) return { value: parse(answer.stdout) };
  const isAbsent =
    absent !== undefined &&
    (kindOfAwsError(answer.stderr) === 'no-message'
      ? await isAnswered(aws, args, absent.code)
      : parseFailure(answer.stderr).code === absent.code);
  return isAbsent ? { value: absent.value } : { unknown: aws.errorOf(args, answer) };
}

/**
 * For an error without a message, as Ceph sends it: the AWS CLI shows its code in debugging output only. "No rules" and
 * "denied" must not be confused, or rules of others would be lost. The call has no encryption key.
 */
async function isAnswered(aws: AwsCli, args: readonly string[], code: string): Promise<boolean> {
  let isFound = false;
  const onErrorLine = (line: string) => {
    if (line.includes(`<Code>${code}</Code>`)) isFound = true;
  };
  await aws.run([...args, '--debug'], { onErrorLine });
  return isFound;
}

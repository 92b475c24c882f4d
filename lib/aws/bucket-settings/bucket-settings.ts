// The settings of a bucket that matter to a backup.
import { allSettledOrThrow } from '../../cli/concurrency.js';
import {
  getEncryption,
  getLifecycle,
  getPublicAccessBlock,
  getVersioning,
} from '../arguments/bucket-arguments.js';
import type { AwsCli } from '../aws-cli.js';
import { type VersioningStatus, versioningIn } from '../bucket.js';
import { isAmazon } from '../settings/endpoint.js';
import { type Asked, askForSetting, parseAnswer } from './ask-for-setting.js';
import type { Lifecycle } from './lifecycle.js';

export interface BucketSettings {
  readonly versioning: Asked<VersioningStatus>;
  readonly lifecycle: Asked<Lifecycle>;
  readonly encryption: Asked<readonly EncryptionRule[]>;
  readonly publicAccess: Asked<PublicAccessBlock>;
}

/** As the AWS CLI prints and takes it. */
export interface EncryptionRule {
  readonly ApplyServerSideEncryptionByDefault?: object;
  readonly BlockedEncryptionTypes?: { readonly EncryptionType?: readonly string[] };
}

export type PublicAccessBlock = Readonly<Record<string, boolean>>;

const NO_RULES: Lifecycle = { Rules: [] };

/** AWS's settings for a new bucket. Public access is blocked since April 2023. Some buckets block SSE-C. */
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
    askForSetting(aws, getVersioning(bucket), versioningIn),
    askForSetting(aws, getLifecycle(bucket), lifecycleIn, {
      code: 'NoSuchLifecycleConfiguration',
      value: NO_RULES,
    }),
    askForSetting<readonly EncryptionRule[]>(
      aws,
      getEncryption(bucket),
      (text) => parseAnswer<Encryption>(text).ServerSideEncryptionConfiguration?.Rules ?? [],
      { code: 'ServerSideEncryptionConfigurationNotFoundError', value: [] },
    ),
    askPublicAccess(aws),
  );
  return { versioning, lifecycle, encryption, publicAccess };
}

/** `undefined` for an answer without rules: it may have omitted some, which would be replaced. */
function lifecycleIn(text: string): Lifecycle | undefined {
  const lifecycle = parseAnswer<Lifecycle>(text);
  return Array.isArray(lifecycle.Rules) ? lifecycle : undefined;
}

/** Ceph 16 has the block, too, but refuses every upload with it. */
const ONLY_AT_AMAZON = {
  kind: 'other',
  detail: 'the block of public access is checked on AWS only',
} as const;

async function askPublicAccess(aws: AwsCli): Promise<Asked<PublicAccessBlock>> {
  if (!isAmazon(aws.endpointUrl)) return { unknown: ONLY_AT_AMAZON };
  const code = 'NoSuchPublicAccessBlockConfiguration';
  return askForSetting(
    aws,
    getPublicAccessBlock(aws.bucket),
    (text) => parseAnswer<PublicAccess>(text).PublicAccessBlockConfiguration ?? {},
    { code, value: {} },
  );
}

interface Encryption {
  readonly ServerSideEncryptionConfiguration?: { readonly Rules?: readonly EncryptionRule[] };
}

interface PublicAccess {
  readonly PublicAccessBlockConfiguration?: PublicAccessBlock;
}

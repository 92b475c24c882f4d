// Plans the changes that prepare a bucket for a backup. An unknown setting is not changed. Rules of others and the
// default encryption are kept, and no history gets shorter.
import { isDeepStrictEqual } from 'node:util';
import {
  enableVersioning,
  putEncryption,
  putLifecycle,
  putPublicAccessBlock,
} from '../arguments/bucket-arguments.js';
import type { VersioningStatus } from '../bucket.js';
import {
  allBlocked,
  type BucketSettings,
  type EncryptionRule,
  type PublicAccessBlock,
} from './bucket-settings.js';
import { daysKept, inNewerForm, type Lifecycle, type Retention, withOurRules } from './lifecycle.js';

export interface SettingStep {
  readonly setting: keyof BucketSettings;
  /** Its name in a message, such as `without …`. */
  readonly what: string;
  /** A sentence. */
  readonly why: string;
  /** The AWS CLI's arguments, from `s3api` on. */
  readonly args: readonly string[];
}

/** The steps, in order; empty if nothing has to be changed. */
export function planBucketSettings(
  bucket: string,
  { versioning, lifecycle, encryption, publicAccess }: BucketSettings,
  retention: Retention,
): SettingStep[] {
  return [
    ...('value' in versioning ? planVersioning(bucket, versioning.value) : []),
    ...('value' in lifecycle ? planLifecycle(bucket, lifecycle.value, retention) : []),
    ...('value' in encryption ? planEncryption(bucket, encryption.value) : []),
    ...('value' in publicAccess ? planPublicAccess(bucket, publicAccess.value) : []),
  ];
}

function planVersioning(bucket: string, status: VersioningStatus): SettingStep[] {
  if (status === 'enabled') return [];
  const why =
    'Without it, a deleted or overwritten object is lost at once, and no earlier time can be restored.';
  return [{ setting: 'versioning', what: 'versioning', why, args: enableVersioning(bucket) }];
}

function planLifecycle(bucket: string, lifecycle: Lifecycle, retention: Retention): SettingStep[] {
  const Rules = withOurRules(lifecycle.Rules, retention);
  if (isDeepStrictEqual(Rules, lifecycle.Rules)) return [];
  const kept = lifecycle.Rules.length === 0 ? '' : ' Existing rules are kept.';
  const everything = retention.prefixes.includes('') ? ' It applies to the whole bucket.' : '';
  return [
    {
      setting: 'lifecycle',
      what: 'the lifecycle rule',
      why: `It keeps older versions for ${daysKept(Rules, retention) ?? retention.days} days, no less and not forever, and removes the remains of broken uploads.${everything}${kept}`,
      args: putLifecycle(bucket, { ...lifecycle, Rules: Rules.map(inNewerForm) }),
    },
  ];
}

function planEncryption(bucket: string, rules: readonly EncryptionRule[]): SettingStep[] {
  if (!isSseCBlocked(rules)) return [];
  const why =
    'Nothing can be uploaded to a bucket that blocks encryption with your own key (SSE-C), as new ones at Amazon do since April 2026.';
  const allowed = rules.map((rule) => ({
    ...rule,
    ApplyServerSideEncryptionByDefault: rule.ApplyServerSideEncryptionByDefault ?? { SSEAlgorithm: 'AES256' },
    BlockedEncryptionTypes: { EncryptionType: ['NONE'] },
  }));
  return [{ setting: 'encryption', what: 'SSE-C', why, args: putEncryption(bucket, allowed) }];
}

function planPublicAccess(bucket: string, block: PublicAccessBlock): SettingStep[] {
  const wanted = allBlocked();
  if (Object.keys(wanted).every((name) => block[name] === true)) return [];
  const why =
    'A mistake in a policy or an access list could otherwise show the names of your files to everybody.';
  const args = putPublicAccessBlock(bucket, wanted);
  return [{ setting: 'publicAccess', what: 'the block of public access', why, args }];
}

/** Amazon's default for a new bucket since April 2026. */
function isSseCBlocked(rules: readonly EncryptionRule[]): boolean {
  return rules.some(({ BlockedEncryptionTypes }) =>
    BlockedEncryptionTypes?.EncryptionType?.includes('SSE-C'),
  );
}

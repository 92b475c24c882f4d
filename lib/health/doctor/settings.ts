// Judges the bucket's settings, with remedies from the plan of settings.
import { getLifecycle, getObjectLock, putLifecycleText } from '../../aws/arguments/bucket-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { type Asked, askForSetting, parseAnswer } from '../../aws/bucket-settings/ask-for-setting.js';
import type { BucketSettings } from '../../aws/bucket-settings/bucket-settings.js';
import {
  daysKept,
  type Lifecycle,
  type LifecycleRule,
  type Retention,
  rulesThatExpireFiles,
  rulesThatPurgeEarly,
} from '../../aws/bucket-settings/lifecycle.js';
import type { SettingStep } from '../../aws/bucket-settings/plan.js';
import { formatCount } from '../../cli/units/quantities.js';
import { type Finding, failed, notChecked, ok, warning } from './finding.js';

/** @param aws for the commands to paste */
export function judgeSettings(
  { versioning, lifecycle, encryption, publicAccess }: BucketSettings,
  steps: readonly SettingStep[],
  retention: Retention,
  aws: Pick<AwsCli, 'bucket' | 'commandFor'>,
): Finding[] {
  const stepFor = (setting: keyof BucketSettings) => steps.find((it) => it.setting === setting);
  const missing = (check: string, setting: keyof BucketSettings, what: string) => {
    const step = stepFor(setting);
    return step && warning(check, `${what}. ${step.why}`, aws.commandFor(step.args));
  };
  const unblock = stepFor('encryption');
  return [
    'unknown' in versioning
      ? unknown('versioning', versioning)
      : (missing(
          'versioning',
          'versioning',
          versioning.value === 'suspended' ? 'it is suspended' : 'it is off',
        ) ?? ok('versioning', 'on: deleted and overwritten files can be restored')),
    ...('unknown' in lifecycle
      ? [unknown('lifecycle', lifecycle)]
      : judgeLifecycle(
          lifecycle.value,
          retention,
          missing('lifecycle', 'lifecycle', 'a rule is missing, or purges too early'),
          editLifecycle(aws),
        )),
    'unknown' in encryption
      ? unknown('SSE-C allowed', encryption)
      : unblock === undefined
        ? ok('SSE-C allowed', 'the bucket does not block it')
        : failed(
            'SSE-C allowed',
            'the bucket blocks encryption with your own key (SSE-C): nothing can be uploaded',
            aws.commandFor(unblock.args),
          ),
    'unknown' in publicAccess
      ? unknown('public access', publicAccess)
      : (missing('public access', 'publicAccess', 'it is not blocked') ?? ok('public access', 'blocked')),
  ];
}

/** The command with which the user edits all rules, since a put replaces all of them. */
function editLifecycle(aws: Pick<AwsCli, 'bucket' | 'commandFor'>): string {
  const { bucket } = aws;
  const get = aws.commandFor([...getLifecycle(bucket), '--query', '{Rules:Rules}']);
  const put = aws.commandFor(putLifecycleText(bucket, 'file://rules.json'));
  return `${get} > rules.json && \${EDITOR:-vi} rules.json && ${put}`;
}

function judgeLifecycle(
  { Rules }: Lifecycle,
  retention: Retention,
  missing: Finding | undefined,
  edit: string,
): Finding[] {
  const { days } = retention;
  const kept = daysKept(Rules, retention);
  const findings = [
    ...rulesThatExpireFiles(Rules, retention).map((rule) =>
      failed(
        'lifecycle',
        `${nameOf(rule)} deletes files of the backup that are still on disk, by their age: give it a prefix outside this backup, or remove its Expiration`,
        edit,
      ),
    ),
    ...rulesThatPurgeEarly(Rules, retention).map((rule) =>
      warning(
        'lifecycle',
        `${nameOf(rule)} removes older versions after ${rule.NoncurrentVersionExpiration?.NoncurrentDays} days, but AWS_RETENTION_DAYS is ${days}: make them equal`,
        edit,
      ),
    ),
    ...(missing === undefined ? [] : [missing]),
  ];
  if (findings.length > 0) return findings;
  const longer = kept !== undefined && kept > days ? `, longer than AWS_RETENTION_DAYS (${days})` : '';
  return [
    ok('lifecycle', `older versions are kept for ${kept} days${longer}; incomplete uploads are removed`),
  ];
}

function nameOf({ ID }: LifecycleRule): string {
  return ID === undefined ? 'a rule without a name' : `the rule "${ID}"`;
}

interface ObjectLock {
  readonly ObjectLockConfiguration?: {
    readonly Rule?: {
      readonly DefaultRetention?: { readonly Mode?: string; readonly Days?: number; readonly Years?: number };
    };
  };
}

export async function checkObjectLock(aws: AwsCli): Promise<Finding> {
  const asked = await askForSetting<ObjectLock | undefined>(aws, getObjectLock(aws.bucket), parseAnswer, {
    code: 'ObjectLockConfigurationNotFoundError',
    value: undefined,
  });
  return 'unknown' in asked ? unknown('Object Lock', asked) : judgeObjectLock(asked.value);
}

export function judgeObjectLock(lock: ObjectLock | undefined): Finding {
  if (lock === undefined) return ok('Object Lock', 'off');
  const { Mode, Days, Years } = lock.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
  if (Mode === undefined)
    return ok('Object Lock', 'on, without a default retention: it protects nothing yet');
  const span = Days === undefined ? formatCount(Years ?? 0, 'year') : formatCount(Days, 'day');
  const whom = Mode === 'COMPLIANCE' ? 'nobody can' : 'nobody without a special right can';
  return ok('Object Lock', `on: for ${span} ${whom} remove stored objects (${Mode})`);
}

function unknown(check: string, { unknown: error }: Exclude<Asked<unknown>, { value: unknown }>): Finding {
  if (error.kind === 'not-implemented') return notChecked(check, 'the server does not implement it');
  if (error.kind === 'access-denied')
    return notChecked(check, "the profile's user may not read it; use --profile for one that may");
  return notChecked(check, error.detail);
}

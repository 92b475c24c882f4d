// A bucket's lifecycle rules: what they do to a backup, and how the backup's own are added to those of others.

export interface Lifecycle {
  readonly Rules: readonly LifecycleRule[];
  /** Of the bucket, beside its rules: S3's default if it is not given. */
  readonly TransitionDefaultMinimumObjectSize?: string;
}

/** As the AWS CLI prints and takes it. Members that are not named here are kept. */
export interface LifecycleRule {
  readonly ID?: string;
  readonly Status: 'Enabled' | 'Disabled';
  /** Older rules have this instead of a filter. */
  readonly Prefix?: string;
  readonly Filter?: RuleFilter & { readonly And?: RuleFilter };
  readonly Expiration?: {
    readonly Days?: number;
    readonly Date?: string;
    readonly ExpiredObjectDeleteMarker?: boolean;
  };
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays?: number };
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation?: number };
}

/** It may name tags and sizes, too: then it applies to some objects only. */
interface RuleFilter {
  readonly Prefix?: string;
  readonly [condition: string]: unknown;
}

export interface Retention {
  /** How long noncurrent versions are to be kept. */
  readonly days: number;
  /** The prefixes of the backup's keys: several if other backups share the bucket. */
  readonly prefixes: readonly string[];
}

/** The original scripts name their rule so, without a prefix. */
const OUR_ID = /^Purge deleted objects older than \d+ days( below .*)?( \(\d+\))?$/s;
/** S3 takes 255 characters; a number may follow. */
const MAX_ID_LENGTH = 250;
const ABORT_UPLOADS = { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } };

/**
 * The rules with those of the backup added. No rule is removed, nobody else's rule is changed, none of ours purges
 * sooner than before, and no new one purges sooner than a rule for a part of the same objects. S3 refuses two rules
 * with one ID.
 */
export function withOurRules(
  rules: readonly LifecycleRule[],
  { days, prefixes }: Retention,
): readonly LifecycleRule[] {
  const names = new Set(rules.map(({ ID }) => ID));
  const merged = rules.map((rule) =>
    isOurs(rule) && purgesBefore(rule, days) && prefixes.some((prefix) => concerns(rule, prefix))
      ? withOwnName(longer(rule, days), names)
      : rule,
  );
  for (const prefix of prefixes) {
    const parts = rules.filter((it) => it.Status === 'Enabled' && prefixOf(it).startsWith(prefix));
    const keptDays = Math.max(days, ...parts.map((it) => purgesAfter(it) ?? 0));
    const isPurged = merged.some((it) => purgesAfter(it) !== undefined && coversAllOf(it, prefix));
    const isCleared = merged.some((it) => abortsUploads(it) && coversAllOf(it, prefix));
    if (!isPurged) merged.push(withOwnName(ruleToPurge(prefix, keptDays), names));
    else if (!isCleared) merged.push(withOwnName(ruleToAbort(prefix), names));
  }
  return merged;
}

/** Other people's enabled rules that remove the backup's older versions before their time. */
export function rulesThatPurgeEarly(
  rules: readonly LifecycleRule[],
  { days, prefixes }: Retention,
): LifecycleRule[] {
  return rules.filter(
    (rule) => !isOurs(rule) && purgesBefore(rule, days) && prefixes.some((prefix) => concerns(rule, prefix)),
  );
}

/** Enabled rules that remove the latest versions of the backup's files. */
export function rulesThatExpireFiles(
  rules: readonly LifecycleRule[],
  { prefixes }: Retention,
): LifecycleRule[] {
  return rules.filter(
    ({ Expiration, ...rule }) =>
      (Expiration?.Days !== undefined || Expiration?.Date !== undefined) &&
      prefixes.some((prefix) => concerns(rule, prefix)),
  );
}

/** After how many days older versions are removed; `undefined` if some are kept forever. */
export function daysKept(
  rules: readonly LifecycleRule[],
  { prefixes }: Pick<Retention, 'prefixes'>,
): number | undefined {
  const byPrefix = prefixes.map((prefix) =>
    Math.min(
      ...rules
        .filter((rule) => coversAllOf(rule, prefix))
        .map((rule) => purgesAfter(rule) ?? Number.POSITIVE_INFINITY),
    ),
  );
  const days = Math.max(...byPrefix);
  return Number.isFinite(days) ? days : undefined;
}

/** The original scripts' rule. */
function ruleToPurge(prefix: string, days: number): LifecycleRule {
  return {
    ID: idFor(purgeAfter(days), prefix),
    Filter: { Prefix: prefix },
    Status: 'Enabled',
    Expiration: { ExpiredObjectDeleteMarker: true },
    NoncurrentVersionExpiration: { NoncurrentDays: days },
    ...ABORT_UPLOADS,
  };
}

function ruleToAbort(prefix: string): LifecycleRule {
  const ID = idFor('Abort incomplete uploads', prefix);
  return { ID, Filter: { Prefix: prefix }, Status: 'Enabled', ...ABORT_UPLOADS };
}

/** A rule of ours, changed to keep versions for `days`. Additions of others stay. */
function longer(rule: LifecycleRule, days: number): LifecycleRule {
  return {
    ...rule,
    ID: idFor(purgeAfter(days), prefixOf(rule)),
    NoncurrentVersionExpiration: { ...rule.NoncurrentVersionExpiration, NoncurrentDays: days },
  };
}

function withOwnName(rule: LifecycleRule, names: Set<string | undefined>): LifecycleRule {
  let ID = rule.ID ?? '';
  for (let number = 2; names.has(ID); number += 1) ID = `${rule.ID} (${number})`;
  names.add(ID);
  return { ...rule, ID };
}

/** The rule in the newer form, with the same meaning: S3 refuses a mixture of both forms. */
export function inNewerForm(rule: LifecycleRule): LifecycleRule {
  const { Prefix, ...others } = rule;
  return Prefix === undefined || others.Filter !== undefined ? rule : { ...others, Filter: { Prefix } };
}

function purgeAfter(days: number): string {
  return `Purge deleted objects older than ${days} days`;
}

function idFor(what: string, prefix: string): string {
  return `${what}${prefix === '' ? '' : ` below ${prefix}`}`.slice(0, MAX_ID_LENGTH);
}

function isOurs(rule: LifecycleRule): boolean {
  return OUR_ID.test(rule.ID ?? '') && !isConditional(rule);
}

function purgesBefore(rule: LifecycleRule, days: number): boolean {
  return (purgesAfter(rule) ?? Number.POSITIVE_INFINITY) < days;
}

function purgesAfter(rule: LifecycleRule): number | undefined {
  return rule.Status === 'Enabled' ? rule.NoncurrentVersionExpiration?.NoncurrentDays : undefined;
}

function abortsUploads({ Status, AbortIncompleteMultipartUpload }: LifecycleRule): boolean {
  return Status === 'Enabled' && AbortIncompleteMultipartUpload?.DaysAfterInitiation !== undefined;
}

function coversAllOf(rule: LifecycleRule, prefix: string): boolean {
  return prefix.startsWith(prefixOf(rule)) && !isConditional(rule);
}

/** True if it is enabled and may fit some object below `prefix`. The backup's objects have no tags. */
function concerns(rule: LifecycleRule, prefix: string): boolean {
  const own = prefixOf(rule);
  const isMet = prefix.startsWith(own) || own.startsWith(prefix);
  return rule.Status === 'Enabled' && isMet && !conditionsOf(rule).some((name) => /^Tags?$/.test(name));
}

function isConditional(rule: LifecycleRule): boolean {
  return conditionsOf(rule).length > 0;
}

function conditionsOf({ Filter }: LifecycleRule): string[] {
  return Object.keys({ ...Filter, ...Filter?.And }).filter((name) => name !== 'Prefix' && name !== 'And');
}

function prefixOf({ Prefix, Filter }: LifecycleRule): string {
  return Filter?.And?.Prefix ?? Filter?.Prefix ?? Prefix ?? '';
}

import { isAbsolute } from 'node:path';
import * as check from './checks.js';
import type { BackupConfig, PartialConfig } from './config.js';
import { Problems } from './problems.js';
import { requiredNames, type ScalarName, scalarNames } from './settings.js';
import { holdsKeyLine } from './shown.js';
import { findSlips } from './slips.js';
import type { ConfigValues } from './values.js';

const DEFAULT_MAX_DELETE_PERCENT = '50';
const DEFAULT_NET_TIMEOUT = '60';
const DEFAULT_RETENTION_DAYS = '30';
const DEFAULT_STORAGE_CLASS = 'STANDARD_IA';

/** Turns values into settings. @throws {BackupError} that tells all problems at once. */
export function validate(file: string, values: ConfigValues): BackupConfig {
  const problems = new Problems(file, values);
  for (const name of requiredNames) if (!values.values.get(name)) problems.missing(name);
  const shared = validateShared(file, values, problems);
  const get = (name: ScalarName) => values.values.get(name) ?? '';
  const path = (name: ScalarName) => {
    check.checkPath(name, get(name), problems);
    return absolute(get(name), values.directory);
  };
  const config = {
    ...shared,
    localDir: path('LOCAL_DIR'),
    localLock: path('LOCAL_LOCK'),
    localList: get('LOCAL_LIST') === '' ? undefined : path('LOCAL_LIST'),
    hostId: get('HOST_ID') === '' ? undefined : check.checkHostId('HOST_ID', get('HOST_ID'), problems),
    remoteDirPrefix: check.checkPrefix('REMOTE_DIR_PREFIX', get('REMOTE_DIR_PREFIX'), problems),
    followSymlinks: check.checkYesOrNo('FOLLOW_SYMLINKS', get('FOLLOW_SYMLINKS'), problems),
    exclude: check.checkPatterns('EXCLUDE', values.exclude, problems),
    excludeCaches: check.checkYesOrNo('EXCLUDE_CACHES', get('EXCLUDE_CACHES'), problems),
    excludeIfPresent: check.checkFileName('EXCLUDE_IF_PRESENT', get('EXCLUDE_IF_PRESENT'), problems),
    excludeLargerThan: check.checkSize('EXCLUDE_LARGER_THAN', get('EXCLUDE_LARGER_THAN'), problems),
    oneFileSystem: check.checkYesOrNo('ONE_FILE_SYSTEM', get('ONE_FILE_SYSTEM'), problems),
    fullCheckHours: check.checkWhole(
      'FULL_CHECK_HOURS',
      get('FULL_CHECK_HOURS') || '20',
      [0, 8760],
      problems,
    ),
    uploadProcesses: check.checkWhole('UPLOAD_PROCESSES', get('UPLOAD_PROCESSES') || '4', [1, 64], problems),
    maxDeletePercent: check.checkPercent(
      'MAX_DELETE_PERCENT',
      get('MAX_DELETE_PERCENT') || DEFAULT_MAX_DELETE_PERCENT,
      problems,
    ),
    allowUnversionedDelete: check.checkYesOrNo(
      'ALLOW_UNVERSIONED_DELETE',
      get('ALLOW_UNVERSIONED_DELETE'),
      problems,
    ),
    warnings: problems.warnings(),
  };
  problems.throwIfAny();
  const { awsProfile, awsRegion, awsBucket, encryptionKey } = config;
  if (awsProfile === undefined || awsRegion === undefined || awsBucket === undefined) throw incomplete();
  if (encryptionKey === undefined) throw incomplete();
  return { ...config, awsProfile, awsRegion, awsBucket, encryptionKey };
}

/** The same without asking for everything: a missing name is no problem, an invalid value is. */
export function validatePartially(file: string, values: ConfigValues): PartialConfig {
  const problems = new Problems(file, values);
  const config = { ...validateShared(file, values, problems), warnings: problems.warnings() };
  problems.throwIfAny();
  return config;
}

/** As the kernel understands it: `..` after a link leads elsewhere than where the link is, so that it stays. */
function absolute(path: string, directory: string): string {
  return isAbsolute(path) ? path : `${directory === '/' ? '' : directory}/${path}`;
}

function incomplete(): Error {
  return new Error('a required setting is missing, but no problem was found');
}

/** What both kinds of config hold. */
function validateShared(file: string, values: ConfigValues, problems: Problems) {
  const get = (name: ScalarName) => values.values.get(name) || undefined;
  const checked = (
    name: ScalarName,
    checkValue: (name: string, value: string, problems: Problems) => void,
  ) => {
    const value = get(name);
    if (value !== undefined) checkValue(name, value, problems);
    return value;
  };
  const days = get('AWS_RETENTION_DAYS') ?? DEFAULT_RETENTION_DAYS;
  const seconds = get('AWS_NET_TIMEOUT') ?? DEFAULT_NET_TIMEOUT;
  const key = get('ENCRYPTION_KEY');
  reportSlips(values, problems);
  reportSwallowedKey(values, problems);
  return {
    file,
    awsProfile: get('AWS_PROFILE'),
    awsRegion: get('AWS_REGION'),
    awsBucket: checked('AWS_BUCKET', check.checkBucket),
    awsRetentionDays: check.checkNumber('AWS_RETENTION_DAYS', days, 'days', problems),
    awsNetTimeout: check.checkNumber('AWS_NET_TIMEOUT', seconds, 'seconds', problems),
    // One that is only in the environment is found later, in the AWS CLI's own order.
    awsEndpointUrl: values.assigned.has('AWS_ENDPOINT_URL')
      ? checked('AWS_ENDPOINT_URL', check.checkEndpoint)
      : undefined,
    awsStorageClass: checked('AWS_STORAGE_CLASS', check.checkStorageClass) ?? DEFAULT_STORAGE_CLASS,
    encryptionKey: key === undefined ? undefined : check.checkKey('ENCRYPTION_KEY', key, problems),
    environment: withoutValue(values.environment, key),
  };
}

/** A slip is a problem where the file does not set what is meant; next to that it may be a note of the user's. */
function reportSlips(values: ConfigValues, problems: Problems): void {
  for (const { name, meant } of findSlips(values)) {
    const text = `${name} is no setting. Is ${meant} meant?`;
    if (values.assigned.has(meant)) problems.warn(name, text);
    else problems.add(name, text);
  }
}

/** Otherwise, where the key may be missing, it would go into an argument or a message with that value. */
function reportSwallowedKey({ values }: ConfigValues, problems: Problems): void {
  for (const name of scalarNames) {
    const isSwallowed = name !== 'ENCRYPTION_KEY' && holdsKeyLine(values.get(name) ?? '');
    if (isSwallowed) problems.addSwallowedKey(name);
  }
}

/** The environment without any variable that gives the key away under another name. */
function withoutValue(
  environment: ConfigValues['environment'],
  key: string | undefined,
): Record<string, string> {
  const entries = Object.entries(environment);
  return Object.fromEntries(
    key === undefined ? entries : entries.filter(([, value]) => !value.includes(key)),
  );
}

import { isAbsolute } from 'node:path';
import type { BackupConfig, PartialConfig } from './backup-config.js';
import * as check from './checks.js';
import { findMisspellings } from './misspellings.js';
import { SettingReader, type WarningLog } from './setting-reader.js';
import type { ConfigValues } from './values.js';

/**
 * @param log gets the warnings
 * @throws {BackupError} with everything that is wrong with the values
 */
export function validate(file: string, values: ConfigValues, log: WarningLog): BackupConfig {
  const settings = new SettingReader(file, values, false);
  // Keeps `..`, since after a link the kernel takes it for the folder above the link's target.
  const absolute = (value: string) => {
    const path = check.localPath(value);
    return isAbsolute(path) ? path : `${values.directory === '/' ? '' : values.directory}/${path}`;
  };
  const config = {
    ...readBucketSettings(settings, file, values),
    localDir: settings.required('LOCAL_DIR', absolute),
    localLock: settings.required('LOCAL_LOCK', absolute),
    localList: settings.optional('LOCAL_LIST', absolute),
    encryptionKey: settings.required('ENCRYPTION_KEY', check.encryptionKey),
    prefix: settings.read('REMOTE_DIR_PREFIX', check.keyPrefix),
    hostId: settings.optional('HOST_ID', check.printableName),
    followSymlinks: settings.read('FOLLOW_SYMLINKS', check.yesOrNo),
    exclude: settings.patterns(check.pattern),
    excludeCaches: settings.read('EXCLUDE_CACHES', check.yesOrNo),
    excludeIfPresent: settings.optional('EXCLUDE_IF_PRESENT', check.fileName),
    excludeLargerThan: settings.optional('EXCLUDE_LARGER_THAN', check.size),
    oneFileSystem: settings.read('ONE_FILE_SYSTEM', check.yesOrNo),
    compareContent: settings.read('COMPARE_CONTENT', check.yesOrNo),
    fullCheckHours: settings.read('FULL_CHECK_HOURS', check.wholeNumber(0, 8760)),
    uploadProcesses: settings.read('UPLOAD_PROCESSES', check.wholeNumber(1, 64)),
    maxDeletePercent: settings.read('MAX_DELETE_PERCENT', check.wholeNumber(0, 100)),
    maxChangePercent: settings.read('MAX_CHANGE_PERCENT', check.wholeNumber(0, 100)),
    refuseMassChange: settings.read('REFUSE_MASS_CHANGE', check.yesOrNo),
    allowUnversionedDelete: settings.read('ALLOW_UNVERSIONED_DELETE', check.yesOrNo),
    hooks: {
      onStart: settings.optional('ON_START', check.hook),
      onSuccess: settings.optional('ON_SUCCESS', check.hook),
      onWarning: settings.optional('ON_WARNING', check.hook),
      onFailure: settings.optional('ON_FAILURE', check.hook),
    },
    metricsFile: settings.optional('METRICS_FILE', absolute),
  };
  settings.finish(log);
  return config;
}

/**
 * The settings of the bucket and the key, all of which may be missing.
 * @throws {BackupError} with everything that is wrong with the values
 */
export function validatePartially(file: string, values: ConfigValues, log: WarningLog): PartialConfig {
  const settings = new SettingReader(file, values, true);
  const config = {
    ...readBucketSettings(settings, file, values),
    encryptionKey: settings.optional('ENCRYPTION_KEY', check.encryptionKey),
  };
  settings.finish(log);
  return config;
}

function readBucketSettings(settings: SettingReader, file: string, values: ConfigValues) {
  reportMisspellings(settings, values);
  return {
    configFile: file,
    profile: settings.required('AWS_PROFILE', check.text),
    region: settings.required('AWS_REGION', check.text),
    bucket: settings.required('AWS_BUCKET', check.bucketName),
    retentionDays: settings.required('AWS_RETENTION_DAYS', check.duration('days')),
    netTimeout: settings.read('AWS_NET_TIMEOUT', check.duration('seconds')),
    // An endpoint that only the environment has is found later, in the AWS CLI's own order.
    endpointUrl: values.assigned.has('AWS_ENDPOINT_URL')
      ? settings.optional('AWS_ENDPOINT_URL', check.endpointUrl(values.values.get('AWS_BUCKET') ?? ''))
      : undefined,
    storageClass: settings.optional('AWS_STORAGE_CLASS', check.storageClass) ?? 'STANDARD_IA',
    environment: environmentWithoutKey(values),
  };
}

/**
 * A misspelled name is a problem if the setting that it resembles is not assigned; otherwise it may be meant as a note.
 */
function reportMisspellings(settings: SettingReader, values: ConfigValues): void {
  for (const { name, meant } of findMisspellings(values)) {
    const text = `${name} is not a setting. Do you mean ${meant}?`;
    if (values.assigned.has(meant)) settings.addWarning(name, text);
    else settings.addProblem(name, text);
  }
}

/** The environment without the variables that hold the key under another name. */
function environmentWithoutKey({ environment, values }: ConfigValues): Record<string, string> {
  const key = values.get('ENCRYPTION_KEY');
  const entries = Object.entries(environment);
  return Object.fromEntries(key ? entries.filter(([, value]) => !value.includes(key)) : entries);
}

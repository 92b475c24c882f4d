/** The settings a backup cannot do without, in the original's order. */
export const requiredNames = [
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_BUCKET',
  'AWS_RETENTION_DAYS',
  'LOCAL_DIR',
  'LOCAL_LOCK',
  'ENCRYPTION_KEY',
] as const;

/** Every setting of one value: a new one gets its name here, its default below or in validate.ts, and its check there. */
export const scalarNames = [
  ...requiredNames,
  'AWS_NET_TIMEOUT',
  'AWS_ENDPOINT_URL',
  'AWS_STORAGE_CLASS',
  'LOCAL_LIST',
  'HOST_ID',
  'REMOTE_DIR_PREFIX',
  'FOLLOW_SYMLINKS',
  'EXCLUDE_CACHES',
  'EXCLUDE_IF_PRESENT',
  'EXCLUDE_LARGER_THAN',
  'ONE_FILE_SYSTEM',
  'FULL_CHECK_HOURS',
  'UPLOAD_PROCESSES',
  'MAX_DELETE_PERCENT',
  'ALLOW_UNVERSIONED_DELETE',
] as const;

export type ScalarName = (typeof scalarNames)[number];

/**
 * The setting that is an array. It is unset before the file is read, and is no program's business:
 * it is neither taken from the environment nor passed on in it.
 */
export const LIST_NAME = 'EXCLUDE';

/** Every setting. */
export const settingNames = [...scalarNames, LIST_NAME] as const;

export type SettingName = (typeof settingNames)[number];

export function isSettingName(name: string): name is SettingName {
  return (settingNames as readonly string[]).includes(name);
}

/** What the original assigns before it reads the file, so that the environment does not decide these. */
export const assignedBeforehand: Readonly<Record<string, string>> = {
  AWS_PROFILE: 'default',
  REMOTE_DIR_PREFIX: '',
  LOCAL_LIST: '',
  HOST_ID: '',
  AWS_NET_TIMEOUT: '60',
  FOLLOW_SYMLINKS: 'no',
  EXCLUDE_CACHES: 'no',
  EXCLUDE_IF_PRESENT: '',
  EXCLUDE_LARGER_THAN: '',
  ONE_FILE_SYSTEM: 'no',
  FULL_CHECK_HOURS: '20',
  UPLOAD_PROCESSES: '4',
  MAX_DELETE_PERCENT: '50',
  ALLOW_UNVERSIONED_DELETE: 'no',
};

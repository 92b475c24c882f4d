/**
 * The settings of one value with their defaults. As in the original, defaults are assigned before the file is read, so
 * that the environment does not set these; and they replace empty values.
 *
 * A new setting gets its name here or in `scalarNames`, its check in validate.ts, its member in backup-config.ts, and a
 * paragraph in config.template.
 */
const withDefault = {
  AWS_PROFILE: 'default',
  AWS_NET_TIMEOUT: '60',
  REMOTE_DIR_PREFIX: '',
  LOCAL_LIST: '',
  HOST_ID: '',
  FOLLOW_SYMLINKS: 'no',
  EXCLUDE_CACHES: 'no',
  EXCLUDE_IF_PRESENT: '',
  EXCLUDE_LARGER_THAN: '',
  ONE_FILE_SYSTEM: 'no',
  COMPARE_CONTENT: 'no',
  FULL_CHECK_HOURS: '20',
  UPLOAD_PROCESSES: '4',
  MAX_DELETE_PERCENT: '50',
  MAX_CHANGE_PERCENT: '50',
  REFUSE_MASS_CHANGE: 'no',
  ALLOW_UNVERSIONED_DELETE: 'no',
  ON_START: '',
  ON_SUCCESS: '',
  ON_WARNING: '',
  ON_FAILURE: '',
  METRICS_FILE: '',
} as const;

/** The settings of one value. Those without a default may come from the environment. */
export const scalarNames = [
  ...(Object.keys(withDefault) as (keyof typeof withDefault)[]),
  'AWS_REGION',
  'AWS_BUCKET',
  'AWS_RETENTION_DAYS',
  'AWS_ENDPOINT_URL',
  'AWS_STORAGE_CLASS',
  'LOCAL_DIR',
  'LOCAL_LOCK',
  'ENCRYPTION_KEY',
] as const;

export type ScalarName = (typeof scalarNames)[number];

export const defaults: Readonly<Partial<Record<ScalarName, string>>> = withDefault;

/** The setting that is an array. It is neither taken from the environment nor passed on in it. */
export const ARRAY_NAME = 'EXCLUDE';

export const settingNames = [...scalarNames, ARRAY_NAME] as const;

export type SettingName = (typeof settingNames)[number];

export function isSettingName(name: string): name is SettingName {
  return (settingNames as readonly string[]).includes(name);
}

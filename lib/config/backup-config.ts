import type { BackupError } from '../cli/errors.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';

/** Each a shell command, or an https:// address to ping. */
export interface HookSettings {
  readonly onStart: string | undefined;
  readonly onSuccess: string | undefined;
  readonly onWarning: string | undefined;
  readonly onFailure: string | undefined;
}

/** The settings of one backup, checked. */
export interface BackupConfig {
  /** The config's name as the user gave it. */
  readonly configFile: string;
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
  readonly retentionDays: number;
  /** Seconds. */
  readonly netTimeout: number;
  /** http to this machine only, or https; `undefined` where the config has none. */
  readonly endpointUrl: string | undefined;
  readonly storageClass: string;
  /** The local paths are absolute. */
  readonly localDir: string;
  readonly localLock: string;
  readonly localList: string | undefined;
  readonly encryptionKey: EncryptionKey;
  /** The prefix of the backup's keys: REMOTE_DIR_PREFIX and a `/`, or ''. */
  readonly prefix: string;
  /** The name to use instead of the host's. */
  readonly hostId: string | undefined;
  readonly followSymlinks: boolean;
  /** Patterns; see lib/tree/patterns.ts. */
  readonly exclude: readonly string[];
  /** Whether to exclude the contents of folders that a CACHEDIR.TAG declares to be caches. */
  readonly excludeCaches: boolean;
  /** The name of a file that excludes its folder. */
  readonly excludeIfPresent: string | undefined;
  /** Bytes. */
  readonly excludeLargerThan: number | undefined;
  /** Whether to exclude other file systems than that of LOCAL_DIR. */
  readonly oneFileSystem: boolean;
  /** Whether each run reads all files of file systems whose ctime proves nothing. */
  readonly compareContent: boolean;
  /** Hours after which a run compares the bucket's listing again; 0: every run does. */
  readonly fullCheckHours: number;
  /** How many processes of the AWS CLI upload side by side. */
  readonly uploadProcesses: number;
  readonly maxDeletePercent: number;
  readonly maxChangePercent: number;
  /** Whether a run in which more files have changed is refused. */
  readonly refuseMassChange: boolean;
  readonly allowUnversionedDelete: boolean;
  readonly hooks: HookSettings;
  /**
   * Why `hooks` lacks the config's commands: somebody else could have written them. A run fails with this error at
   * once.
   */
  readonly hooksRefusal?: BackupError;
  /** Where each run that stores its record writes metrics; an absolute path. */
  readonly metricsFile: string | undefined;
  /** The environment of `aws` after the config was read, without the key. */
  readonly environment: Record<string, string>;
}

type NeverMissing = 'configFile' | 'netTimeout' | 'endpointUrl' | 'storageClass' | 'environment';
type MayBeMissing = 'profile' | 'region' | 'bucket' | 'retentionDays' | 'encryptionKey';

/** The settings of a config that a command asks for if they are missing. */
export type PartialConfig = Pick<BackupConfig, NeverMissing> & {
  readonly [Name in MayBeMissing]: BackupConfig[Name] | undefined;
};

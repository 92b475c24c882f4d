import type { EncryptionKey } from '../secrets/encryption-key.js';

/** The settings of one backup, checked. */
export interface BackupConfig {
  /** The config's name as the user gave it. */
  readonly file: string;
  readonly awsProfile: string;
  readonly awsRegion: string;
  readonly awsBucket: string;
  readonly awsRetentionDays: number;
  /** Seconds. */
  readonly awsNetTimeout: number;
  /** http or https; who sends the key checks which. */
  readonly awsEndpointUrl: string | undefined;
  readonly awsStorageClass: string;
  /** The local paths are absolute. */
  readonly localDir: string;
  readonly localLock: string;
  readonly localList: string | undefined;
  /** Stands for the host's name where that changes by nature. */
  readonly hostId: string | undefined;
  /** Empty, or ends with the `/` that the original appends. */
  readonly remoteDirPrefix: string;
  readonly followSymlinks: boolean;
  /** Patterns; see lib/backup/exclusion.ts. */
  readonly exclude: readonly string[];
  /** Whether folders are left out that their CACHEDIR.TAG says are caches. */
  readonly excludeCaches: boolean;
  /** The name of a file whose folder is left out. */
  readonly excludeIfPresent: string | undefined;
  /** Bytes. */
  readonly excludeLargerThan: number | undefined;
  /** Whether folders on other file systems than LOCAL_DIR are left out. */
  readonly oneFileSystem: boolean;
  /** Hours after which a run compares the bucket's listing again; 0: every run does. */
  readonly fullCheckHours: number;
  /** How many processes of the AWS CLI upload side by side. */
  readonly uploadProcesses: number;
  readonly maxDeletePercent: number;
  readonly allowUnversionedDelete: boolean;
  readonly encryptionKey: EncryptionKey;
  /** What `aws` gets: the environment as the config left it, without the key. */
  readonly environment: Record<string, string>;
  /** What the user should hear of although nothing is stopped by it. */
  readonly warnings: readonly string[];
}

/** What a config holds of the settings that a command asks for otherwise. */
export type PartialConfig = Pick<
  BackupConfig,
  | 'file'
  | 'awsRetentionDays'
  | 'awsNetTimeout'
  | 'awsEndpointUrl'
  | 'awsStorageClass'
  | 'environment'
  | 'warnings'
> & {
  readonly awsProfile: string | undefined;
  readonly awsRegion: string | undefined;
  readonly awsBucket: string | undefined;
  readonly encryptionKey: EncryptionKey | undefined;
};

import type { EncryptionKey } from '../encryption-key.js';

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
  /** What the record calls this host; `undefined`: by its name. */
  readonly hostId: string | undefined;
  /** Empty, or ends with the `/` that the original appends. */
  readonly remoteDirPrefix: string;
  readonly followSymlinks: boolean;
  readonly exclude: readonly string[];
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

// A backup in its bucket, as everything sees it that asks or changes the bucket.
import type { Log } from '../cli/log/log.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import type { AwsCli } from './aws-cli.js';

/** The AWS CLI, and the encryption key that objects are stored and read with. */
export interface KeyedAws {
  readonly aws: AwsCli;
  readonly encryptionKey: EncryptionKey;
}

export interface Remote extends KeyedAws {
  /** What the keys of the backup's objects begin with: '' or ends in a `/`. */
  readonly prefix: string;
  readonly log: Log;
}

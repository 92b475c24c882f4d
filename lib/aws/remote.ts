// What functions need that read or change a backup in its bucket.
import type { Log } from '../cli/log/log.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import type { AwsCli } from './aws-cli.js';

/** The AWS CLI for a bucket, and the encryption key of objects there. */
export interface KeyedAws {
  readonly aws: AwsCli;
  readonly encryptionKey: EncryptionKey;
}

export interface Remote extends KeyedAws {
  /** Of the keys of the backup's objects: '' or ends in a `/`. */
  readonly prefix: string;
  readonly log: Log;
}

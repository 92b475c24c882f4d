// A backup in its bucket, for functions that read or change it.
import type { Log } from '../cli/log/log.js';
import type { AwsCli } from './aws-cli.js';

export interface Remote {
  /** With the encryption key of the backup. */
  readonly aws: AwsCli;
  /** Of the keys of the backup's objects: '' or ends in a `/`. */
  readonly prefix: string;
  readonly log: Log;
}

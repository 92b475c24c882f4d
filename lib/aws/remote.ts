// A backup in its bucket, as functions take it that read or change it.
import type { Log } from '../cli/log/log.js';
import type { AwsCli } from './aws-cli.js';

export interface Remote {
  /** With the encryption key of the backup. */
  readonly aws: AwsCli;
  /** The prefix of the backup's keys: '' or ends in a `/`. */
  readonly prefix: string;
  readonly log: Log;
}

// What the steps of one run share.
import type { Upload } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import type { EncryptionKey } from '../encryption-key.js';
import type { Interruption } from '../interruption.js';
import type { Log } from '../terminal/log.js';
import type { TreeHeader } from '../tree/tree-file.js';
import type { IsExcluded } from './exclusion.js';
import type { GuardOptions } from './guard.js';
import type { Shortfalls } from './shortfalls.js';
import type { Source } from './source.js';
import type { StateFolder } from './state-folder.js';

export interface Run {
  readonly aws: AwsCli;
  readonly key: EncryptionKey;
  readonly upload: Upload;
  readonly isExcluded: IsExcluded;
  readonly guard: GuardOptions;
  readonly source: Source;
  /** Whether this source takes over the backup of another one. */
  readonly adopts: boolean;
  readonly state: StateFolder;
  /** Of LOCAL_DIR when the run began. */
  readonly identity: string;
  /** Of the tree that this run makes. */
  readonly header: TreeHeader;
  readonly shortfalls: Shortfalls;
  readonly interruption: Interruption;
  readonly log: Log;
}

// One backup run: what its steps share.
import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsCli } from '../aws/aws-cli.js';
import type { Remote } from '../aws/remote.js';
import { Incomplete } from '../cli/log/incomplete.js';
import type { CommandContext } from '../cli/main.js';
import type { BackupConfig } from '../config/backup-config.js';
import { openStateFolder, type StateFolder } from '../records/state-folder.js';
import { bytesOf } from '../tree/bytes.js';
import { canReadAcls } from '../tree/disk/read-acls.js';
import { Spool } from '../tree/streams/spool.js';
import type { TreeHeader } from '../tree/tree-file.js';
import { createIsExcluded, type IsExcluded } from './source/is-excluded.js';
import { assertNoReservedName, localDirIdOf, resolveLocalDir } from './source/local-dir.js';
import { type Source, sourceOf } from './source/source.js';
import { type SourceToWalk, sourceToWalk } from './source/walk-source.js';
import { BucketVersioning } from './versioning.js';

/** The settings of the config under their own names, and what a run has opened and found out. */
export interface Backup extends BackupConfig, Remote, SourceToWalk {
  /** LOCAL_DIR, open: what is uploaded is opened below this descriptor. */
  readonly localDirDescriptor: number;
  /** `localDirIdOf` LOCAL_DIR at the beginning of the run. */
  readonly localDirId: string;
  /**
   * Whether the config excludes the file of a stored key: its object stays in the bucket, and does not count as a loss.
   */
  readonly isExcluded: IsExcluded;
  readonly versioning: BucketVersioning;
  readonly source: Source;
  readonly flags: BackupFlags;
  readonly state: StateFolder;
  /** The header of the tree that this run writes. */
  readonly header: TreeHeader;
  readonly incomplete: Incomplete;
  /** The path for a new file or folder in the run's own folder. */
  fileFor(name: string): string;
  /** A new spool in the run's own folder. */
  spool(name: string): Spool;
  /** Removes the run's folder. */
  close(): void;
}

export interface BackupFlags {
  /** --allow-mass-delete */
  readonly allowsMassDelete: boolean;
  /** --adopt: this source takes over the backup of another one. */
  readonly adopts: boolean;
  /** --another-key: other backups in the bucket may have other encryption keys. */
  readonly usesAnotherKey: boolean;
  /** --full: the bucket's listing is compared, however recent the last full check is. */
  readonly isFull: boolean;
  /** --dry-run: nothing is changed, neither in the bucket nor on disk. */
  readonly isDry: boolean;
  /** --json: what the run has done is printed as JSON. */
  readonly isJson: boolean;
}

/** @throws {BackupError} with exit code 4 if LOCAL_DIR can't be backed up; with 1 if no state folder can be made */
export async function openBackup(
  config: BackupConfig,
  aws: AwsCli,
  flags: BackupFlags,
  { log, interruption }: CommandContext,
): Promise<Backup> {
  const localDir = await resolveLocalDir(config.localDir);
  const localDirId = await localDirIdOf(localDir);
  if (config.prefix === '') assertNoReservedName(localDir);
  const state = openStateFolder(config, !flags.isDry);
  const localDirDescriptor = openSync(localDir, constants.O_RDONLY | constants.O_DIRECTORY);
  const dir = sourceToWalk(localDir, config, state.ownFolders, interruption);
  let number = 0;
  const fileFor = (name: string) => {
    number += 1;
    return join(state.runFolder, `${name}-${number}`);
  };
  return {
    ...config,
    ...dir,
    aws,
    localDirDescriptor,
    localDirId,
    isExcluded: createIsExcluded(dir.exclusion, bytesOf(localDir), config.followSymlinks),
    versioning: new BucketVersioning(aws, log, config.allowUnversionedDelete),
    source: sourceOf(config.hostId, localDir),
    flags,
    state,
    header: {
      runId: randomUUID(),
      started: new Date().toISOString(),
      root: localDir,
      hasAcls: canReadAcls(),
    },
    incomplete: new Incomplete(log),
    log,
    fileFor,
    spool: (name) => new Spool(fileFor(name)),
    close: () => {
      closeSync(localDirDescriptor);
      state.remove();
    },
  };
}

// LOCAL_DIR with the settings for its walk, and the walk.
import { statSync } from 'node:fs';
import type { Interruption } from '../../cli/signals/interruption.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { bytesOf } from '../../tree/bytes.js';
import type { Exclusion, OnExcluded } from '../../tree/disk/exclusion.js';
import { FileSystems } from '../../tree/disk/file-systems.js';
import { walk } from '../../tree/disk/walk.js';
import { SourceExclusion } from './source-exclusion.js';

/** S3's limit (bytes). */
export const MAX_KEY_LENGTH = 1024;

/** LOCAL_DIR, and how to walk it. */
export interface SourceToWalk {
  /** Absolute and without links. */
  readonly localDir: string;
  readonly followSymlinks: boolean;
  /** What the walk excludes. */
  readonly exclusion: Exclusion;
  readonly fileSystems: FileSystems;
  /** How many bytes the key of a file may have, relative to the prefix. */
  readonly maxKeyLength: number;
  readonly interruption: Interruption;
}

/**
 * @param localDir as `resolveLocalDir` gives it
 * @param ownFolders this run's folders, which are excluded; absolute
 */
export function sourceToWalk(
  localDir: string,
  config: BackupConfig,
  ownFolders: readonly string[],
  interruption: Interruption,
): SourceToWalk {
  const { dev: device } = statSync(localDir, { bigint: true });
  return {
    localDir,
    followSymlinks: config.followSymlinks,
    exclusion: new SourceExclusion(config, { localDir, device, ownFolders }),
    fileSystems: new FileSystems(localDir),
    maxKeyLength: MAX_KEY_LENGTH - Buffer.byteLength(config.prefix),
    interruption,
  };
}

/** The entries on disk, sorted by key. @param onExcluded called for what is excluded */
export function walkSource(source: SourceToWalk, onExcluded?: OnExcluded): ReturnType<typeof walk> {
  const { localDir, interruption } = source;
  const onTurn = () => interruption.check();
  return walk(bytesOf(localDir), { ...source, onTurn, ...(onExcluded && { onExcluded }) });
}

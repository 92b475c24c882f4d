// Walks LOCAL_DIR and counts what a run would find there, and what it could not store.
import type { Interruption } from '../../cli/signals/interruption.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { existingStateHome } from '../../records/state-folder.js';
import { textOf } from '../../tree/bytes.js';
import { mayHideFiles, type Obstacle, type ObstacleReason } from '../../tree/entry.js';
import { flatten } from '../../tree/streams/batches.js';
import { excludeLineWith } from '../obstacles.js';
import { assertNoReservedName, resolveLocalDir } from './local-dir.js';
import { sourceToWalk, walkSource } from './walk-source.js';

/**
 * @param onProgress called now and then with the number of files so far
 * @returns what the doctor judges
 * @throws {BackupError} with exit code 4 if LOCAL_DIR can't be backed up
 */
export async function inspectSource(
  config: BackupConfig,
  interruption: Interruption,
  onProgress: (files: number) => void,
) {
  const localDir = await resolveLocalDir(config.localDir);
  if (config.prefix === '') assertNoReservedName(localDir);
  const ownFolders = existingStateHome(config.environment);
  const source = sourceToWalk(localDir, config, ownFolders, interruption);
  let [files, bytes] = [0, 0];
  const obstacles = new Map<ObstacleReason, { readonly count: number; readonly first: string }>();
  const hiding: Obstacle[] = [];
  for await (const entry of flatten(walkSource(source))) {
    if (entry.type === 'obstacle') {
      const { count, first } = obstacles.get(entry.reason) ?? {
        count: 0,
        first: `${localDir}/${textOf(entry.key)}`,
      };
      obstacles.set(entry.reason, { count: count + 1, first });
      if (mayHideFiles(entry)) hiding.push(entry);
    } else if (entry.type === 'file') {
      files += 1;
      bytes += entry.inode.size;
      onProgress(files);
    }
  }
  const typesWithoutCtime = [...source.fileSystems.typesWithoutCtime()];
  return { files, bytes, obstacles, typesWithoutCtime, exclude: excludeLineWith(config.exclude, hiding) };
}

// One walk of LOCAL_DIR that only counts: what a run would find there, and what it could not store.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { shellQuote } from '../cli/errors.js';
import type { Interruption } from '../cli/interruption.js';
import type { BackupConfig } from '../config/backup-config.js';
import { stateHome } from '../records/state-folder.js';
import { textOf } from '../tree/bytes.js';
import { FileSystems } from '../tree/disk/inode.js';
import type { WalkedSource } from '../tree/disk/walked-source.js';
import { mayHideFiles, type Obstacle, type ObstacleReason } from '../tree/entry.js';
import { quotedPatternFor } from '../tree/patterns.js';
import { flatten } from '../tree/streams/batches.js';
import { MAX_KEY_LENGTH } from './backup.js';
import { ConfiguredExclusion } from './source/configured-exclusion.js';
import { assertNoReservedName, resolveLocalDir } from './source/local-dir.js';
import { walkSource } from './source/walk-source.js';

/** How many patterns the line for the config has at most. */
const MAX_PATTERNS = 20;

/**
 * @param onProgress called now and then with the number of files so far
 * @throws {BackupError} with exit code 4 if LOCAL_DIR can't be backed up
 */
export async function inspectSource(
  config: BackupConfig,
  interruption: Interruption,
  onProgress: (files: number) => void,
): Promise<WalkedSource> {
  const localDir = await resolveLocalDir(config.localDir);
  if (config.prefix === '') assertNoReservedName(localDir);
  const fileSystems = new FileSystems(localDir);
  const home = stateHome(config.environment);
  const exclusion = new ConfiguredExclusion(config, {
    localDir,
    device: statSync(localDir, { bigint: true }).dev,
    ownFolders: home !== undefined && existsSync(home) ? [realpathSync(home)] : [],
  });
  const { followSymlinks, prefix } = config;
  const maxKeyLength = MAX_KEY_LENGTH - Buffer.byteLength(prefix);
  let [files, bytes] = [0, 0];
  const obstacles = new Map<ObstacleReason, { count: number; first: string }>();
  const patterns: string[] = [];
  const source = { localDir, followSymlinks, exclusion, maxKeyLength, interruption, fileSystems };
  for await (const entry of flatten(walkSource(source))) {
    if (entry.type === 'obstacle') note(entry);
    else if (entry.type === 'file') {
      files += 1;
      bytes += entry.inode.size;
      onProgress(files);
    }
  }
  const exclude = `EXCLUDE=(${[...config.exclude.map(shellQuote), ...patterns].join(' ')})`;
  return { files, bytes, obstacles, typesWithoutCtime: [...fileSystems.typesWithoutCtime()], exclude };

  function note(obstacle: Obstacle): void {
    const { key, reason } = obstacle;
    const known = obstacles.get(reason);
    if (known === undefined) obstacles.set(reason, { count: 1, first: `${localDir}/${textOf(key)}` });
    else known.count += 1;
    if (mayHideFiles(obstacle) && patterns.length < MAX_PATTERNS) patterns.push(quotedPatternFor(key));
  }
}

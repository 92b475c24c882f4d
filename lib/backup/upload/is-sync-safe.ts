// Whether the first upload may be one `aws s3 sync`, which walks LOCAL_DIR itself.
import type { BackupConfig } from '../../config/backup-config.js';
import { partsOfPath } from '../../tree/disk/trust/path-parts.js';
import { partOfOthers } from '../../tree/disk/trust/who-can-change.js';
import type { Backup } from '../backup.js';
import type { ScanCounts } from '../scan/scan-writer.js';

/**
 * True if `aws s3 sync` uploads exactly what was scanned: it opens files by their paths, so nobody else may be able to
 * change them; and it does not know the exclusions.
 */
export function isSyncSafe({ config, localDir, followSymlinks }: Backup, counts: ScanCounts): boolean {
  const { excluded, othersFolders, 'key too long': tooLong } = counts;
  const isEverything = excluded + tooLong === 0 && !followSymlinks && !hasExclusions(config);
  return isEverything && othersFolders === 0 && !isOthersPath(localDir);
}

/** True if the config may exclude a file that appears after the scan. */
function hasExclusions(config: BackupConfig): boolean {
  const { exclude, excludeCaches, excludeIfPresent, excludeLargerThan, oneFileSystem } = config;
  const isSet = excludeIfPresent !== undefined || excludeLargerThan !== undefined;
  return exclude.length > 0 || excludeCaches || oneFileSystem || isSet;
}

/** True if somebody other than root and this user can change LOCAL_DIR, or where its path leads. */
function isOthersPath(localDir: string): boolean {
  return partOfOthers(partsOfPath(localDir), process.geteuid?.(), { isDestination: true }) !== undefined;
}

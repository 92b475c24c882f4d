// The walk of LOCAL_DIR, as the config has it.
import { bytesOf } from '../../tree/bytes.js';
import type { OnExcluded } from '../../tree/disk/exclusion.js';
import type { FileSystems } from '../../tree/disk/inode.js';
import { walk } from '../../tree/disk/walk.js';
import type { Backup } from '../backup.js';

export type SourceToWalk = Pick<
  Backup,
  'localDir' | 'followSymlinks' | 'exclusion' | 'maxKeyLength' | 'interruption'
> & { readonly fileSystems?: FileSystems };

/** What is on disk, in the order of the keys. @param onExcluded called for what is left out */
export function walkSource(source: SourceToWalk, onExcluded?: OnExcluded): ReturnType<typeof walk> {
  const { localDir, followSymlinks, exclusion, maxKeyLength, interruption, fileSystems } = source;
  return walk(bytesOf(localDir), {
    followSymlinks,
    exclusion,
    maxKeyLength,
    ...(fileSystems && { fileSystems }),
    onTurn: () => interruption.check(),
    ...(onExcluded && { onExcluded }),
  });
}

// The scan: one walk of LOCAL_DIR, merged with the last run's tree.
import { formatCount } from '../cli/units/quantities.js';
import { type Bytes, bytesOf } from '../tree/bytes.js';
import { withAcls } from '../tree/disk/read-acls.js';
import { emptyStream, mapEach } from '../tree/streams/batches.js';
import { mergeByKey } from '../tree/streams/merge.js';
import type { OpenedTree, TreeLine } from '../tree/tree-file.js';
import type { Backup } from './backup.js';
import { withChecksums } from './scan/checksums.js';
import { type Scan, type ScannedPair, ScanWriter } from './scan/scan-writer.js';
import { walkSource } from './source/walk-source.js';

/**
 * @param tree the last run's; `undefined`, if there is none
 * @throws {DamagedTreeError} if the tree can't be read to its end
 */
export async function scanLocalDir(backup: Backup, tree: OpenedTree<TreeLine> | undefined): Promise<Scan> {
  const { config, localDir, followSymlinks, log } = backup;
  let scanned = 0;
  const root = bytesOf(localDir);
  const writer = new ScanWriter(backup, tree);
  const walked = walkSource(backup, (key, rule) => writer.addExcluded(key, rule));
  const onDisk = config.compareContent ? withChecksums(backup, walked) : walked;
  const pairs = mergeByKey(onDisk, tree?.entries ?? emptyStream());
  const prepared = mapEach(pairs, (pair) => writer.prepare(pair));
  for await (const batch of withAcls({ root, followSymlinks }, prepared, keyForAcl)) {
    for (const [pair, acl] of batch) {
      writer.add(pair, acl);
      scanned += 1;
    }
    log.progress(`Scanning: ${formatCount(scanned, 'name')}`);
  }
  log.progress(undefined);
  return writer.close();
}

function keyForAcl({ needsAcl, onDisk }: ScannedPair): Bytes | undefined {
  return needsAcl ? onDisk?.key : undefined;
}

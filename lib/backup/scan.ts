// The scan: one walk of LOCAL_DIR, merged with the last run's tree.
import { formatCount } from '../cli/units/quantities.js';
import { type Bytes, bytesOf } from '../tree/bytes.js';
import { LocalOwnerNames } from '../tree/disk/owner-names.js';
import { withAcls } from '../tree/disk/read-acls.js';
import type { Entry, Obstacle } from '../tree/entry.js';
import { type Batches, emptyStream, mapEach } from '../tree/streams/batches.js';
import { mergeByKey } from '../tree/streams/merge.js';
import type { OpenedTree, TreeLine } from '../tree/tree-file.js';
import type { Backup } from './backup.js';
import { withChecksums } from './scan/checksums.js';
import { type Scan, ScanWriter } from './scan/scan-writer.js';
import { newLine, type ScannedPair, scannedPair } from './scan/scanned-pair.js';
import { walkSource } from './source/walk-source.js';

/**
 * @param tree the last run's; `undefined` if there is none
 * @throws {DamagedTreeError} if the tree can't be read to its end
 */
export async function scanLocalDir(backup: Backup, tree: OpenedTree<TreeLine> | undefined): Promise<Scan> {
  const { compareContent, localDir, followSymlinks, log } = backup;
  let scanned = 0;
  const root = bytesOf(localDir);
  const names = new LocalOwnerNames();
  const hasAcls = { now: backup.header.hasAcls === true, before: tree?.hasAcls === true };
  const writer = new ScanWriter(backup, tree !== undefined);
  const walked = walkSource(backup, (key, rule) => writer.addExcluded(key, rule));
  const onDisk = learnOwners(compareContent ? withChecksums(backup, walked) : walked, names);
  const pairs = mergeByKey(onDisk, tree?.entries ?? emptyStream());
  const prepared = mapEach(pairs, (pair) => scannedPair(pair, names, hasAcls));
  for await (const batch of withAcls({ root, followSymlinks }, prepared, keyForAcl)) {
    for (const [pair, acl] of batch) {
      writer.add(pair, newLine(pair, acl));
      scanned += 1;
    }
    log.progress(`Scanning: ${formatCount(scanned, 'name')}`);
  }
  log.progress(undefined);
  return writer.close();
}

/** Looks up the names of all owners of a batch at once. */
async function* learnOwners(
  batches: Batches<Entry | Obstacle>,
  names: LocalOwnerNames,
): Batches<Entry | Obstacle> {
  for await (const batch of batches) {
    const entries = [...batch];
    names.learn(entries.flatMap((it) => (it.type === 'obstacle' ? [] : [it.inode])));
    yield entries;
  }
}

function keyForAcl({ needsAcl, onDisk }: ScannedPair): Bytes | undefined {
  return needsAcl ? onDisk?.key : undefined;
}

// What is due: by the scan alone where the last run's tree tells what the bucket has; otherwise the bucket is listed.
import { assertKeyFits } from '../aws/wrong-key.js';
import { textOf } from '../tree/bytes.js';
import type { Spool } from '../tree/streams/spool.js';
import type { StartingPoint } from './ask-and-scan.js';
import type { Backup } from './backup.js';
import type { Comparison } from './check/compare.js';
import { compareBeforeUpload } from './check/list-before.js';
import { readDraft } from './scan/draft.js';
import type { DueList } from './scan.js';

export interface DueFiles {
  readonly draft: Spool;
  readonly due: DueList;
  /** The comparison with the listing, where one was needed. */
  readonly listed: Comparison | undefined;
}

/** @throws {BackupError} with exit code 5 if a backup without a record was made with another encryption key */
export async function findDue(backup: Backup, start: StartingPoint): Promise<DueFiles> {
  const { scan, tree, unfinished, lastRun, escrow } = start;
  if (tree !== 'none' && unfinished === undefined)
    return { draft: scan.draft, due: scan.due, listed: undefined };
  const listed = await compareBeforeUpload(backup, readDraft(scan.draft), start);
  if (lastRun === undefined && escrow !== 'no bucket') {
    const { aws, prefix } = backup;
    const samples = listed.objects.items.map((key) => ({ bucket: aws.bucket, key: prefix + textOf(key) }));
    await assertKeyFits(backup, samples);
  }
  return { draft: listed.draft, due: listed.due, listed };
}

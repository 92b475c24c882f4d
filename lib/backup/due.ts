// What is due: by the scan alone where the last run's tree tells what the bucket has; otherwise the bucket is listed.
import { tryKey } from '../aws/wrong-key.js';
import { textOf } from '../tree/bytes.js';
import type { Spool } from '../tree/spool.js';
import type { Asked } from './ask.js';
import type { Backup } from './backup.js';
import type { Compared } from './compare.js';
import { readDraft } from './draft.js';
import { listBefore } from './list-before.js';
import type { Due } from './scan.js';

export interface WhatIsDue {
  readonly draft: Spool;
  readonly due: Due;
  /** The comparison with the listing, where one was needed. */
  readonly listed: Compared | undefined;
}

/** @throws {BackupError} with exit code 5 if a backup without a record was made with another encryption key */
export async function findWhatIsDue(backup: Backup, asked: Asked): Promise<WhatIsDue> {
  const { scan, tree, unfinished, lastRun, escrow } = asked;
  if (tree !== 'none' && unfinished === undefined)
    return { draft: scan.draft, due: scan.due, listed: undefined };
  const listed = await listBefore(backup, readDraft(scan.draft), asked);
  if (lastRun === undefined && escrow !== 'no bucket') {
    const { aws, encryptionKey, prefix } = backup;
    const samples = listed.objects.items.map((key) => ({ bucket: aws.bucket, key: prefix + textOf(key) }));
    await tryKey(aws, encryptionKey, samples);
  }
  return { draft: listed.draft, due: listed.due, listed };
}

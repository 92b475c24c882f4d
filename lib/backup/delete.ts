// Deletes in the bucket what is proven to be gone from disk, and nothing else.

import { AwsError } from '../aws/aws-error.js';
import { deleteAll } from '../aws/batch-deletion.js';
import { bytesOf } from '../tree/bytes.js';
import { isGone } from '../tree/disk/is-gone.js';
import { type Batches, flatten, mapEach } from '../tree/streams/batches.js';
import type { Spool } from '../tree/streams/spool.js';
import { readJson } from '../tree/streams/spool.js';
import type { Backup } from './backup.js';
import { hasFileAppeared } from './delete/second-look.js';
import type { Versioning } from './delete/versioning.js';
import { fetchReasonInBucket, type ReasonToKeep, reasonInRun } from './delete/why-kept.js';
import type { Losses } from './guard/losses.js';
import { assertLossesAllowed } from './guard/losses-allowed.js';
import type { DraftLine } from './scan/draft.js';
import { assertSameLocalDir } from './source/local-dir.js';

export interface Deletions {
  /** The keys, as JSON texts, in the bucket or in the last tree, whose files the scan did not see. */
  readonly gone: Spool;
  /** What would be lost, by the listing; `undefined` in a quick run: by the last tree, it has been judged before. */
  readonly losses: Losses | undefined;
  /** How many files have no object at all. */
  readonly missing: number;
  readonly unknown: number;
  readonly failedUploads: number;
  /** What the bucket said beside the upload, if it was asked. */
  readonly versioning: Versioning | undefined;
  /** The draft as it is known now. */
  draft(): Batches<DraftLine>;
}

export interface Deleted {
  readonly count: number;
  /** Whether something is gone, and still in the bucket. */
  readonly isHeldBack: boolean;
}

/** @throws {BackupError} with exit code 4 if too much would be lost, or LOCAL_DIR is another folder by now */
export async function deleteGone(backup: Backup, deletions: Deletions): Promise<Deleted> {
  const { localDir, localDirId, guard, log } = backup;
  const { gone, losses } = deletions;
  if (gone.count === 0) {
    if (losses !== undefined) assertLossesAllowed(losses, localDir, guard);
    return { count: 0, isHeldBack: false };
  }
  await assertSameLocalDir(localDir, localDirId);
  const wait = await whyNotYet(backup, deletions);
  if (wait !== undefined) {
    holdBack(backup, gone.count, wait);
    return { count: 0, isHeldBack: true };
  }
  // Not before: what stays in the bucket for another reason adds up there, and would stop every run.
  if (losses !== undefined) assertLossesAllowed(losses, localDir, guard);
  const { count, failed } = await deleteProven(backup, gone);
  log.info(`Deleted in the bucket: ${count}.`);
  return { count, isHeldBack: failed > 0 };
}

async function whyNotYet(backup: Backup, deletions: Deletions): Promise<ReasonToKeep | undefined> {
  const { aws, prefix, config } = backup;
  const { missing, unknown, failedUploads, versioning, draft } = deletions;
  const appeared = (await hasFileAppeared(backup, draft())) ? 1 : 0;
  return (
    reasonInRun(missing + appeared, unknown, failedUploads) ??
    fetchReasonInBucket(aws, prefix, config.allowUnversionedDelete, versioning)
  );
}

function holdBack(
  { localDir, incomplete, log }: Backup,
  gone: number,
  { why, isFailure }: ReasonToKeep,
): void {
  const files = gone === 1 ? '1 file is' : `${gone} files are`;
  const sentence = `${files} gone from "${localDir}", but still in the bucket: ${why}`;
  if (isFailure) incomplete.add(sentence);
  else log.warn(sentence);
}

/** Each is proven anew right before. A request that fails as a whole is told: what was uploaded is recorded anyhow. */
async function deleteProven(
  { aws, prefix, localDir, followSymlinks, state, incomplete }: Backup,
  gone: Spool,
): Promise<{ count: number; failed: number }> {
  const root = bytesOf(localDir);
  const due = flatten(mapEach(readJson<string>(gone), (key) => ({ key: prefix + key })));
  const isStillGone = (key: string) => isGone(root, bytesOf(key.slice(prefix.length)), followSymlinks);
  let [count, failed] = [0, 0];
  try {
    for await (const { key, refusal } of deleteAll(aws, due, state.runFolder, (it) => isStillGone(it.key))) {
      if (refusal === undefined) count += 1;
      else {
        failed += 1;
        incomplete.addFailure(key, 'could not be deleted in the bucket', refusal.why, key);
        incomplete.addHint(refusal.hint);
      }
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    failed += 1;
    incomplete.add(
      `Not all that is gone from "${localDir}" could be deleted in the bucket, which the next run tries again: ${error.message}`,
    );
    incomplete.addHint(error.hint);
  }
  return { count, failed };
}

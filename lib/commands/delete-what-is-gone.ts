// The step of a backup run that deletes in the bucket.

import type { Run } from '../backup/backup.js';
import { deleteGone } from '../backup/delete.js';
import { whyKept, whyWait } from '../backup/deletion-rule.js';
import { refuse } from '../backup/guard.js';
import { checkIdentity } from '../backup/local-dir.js';
import { hasNewcomer } from '../backup/second-look.js';
import { bytesOf } from '../tree/bytes.js';
import type { Uploaded } from './steps.js';

/** @returns how many were deleted */
export async function deleteWhatIsGone(
  run: Run,
  { gone, missing, unknown, hasSynced, notes, losses }: Uploaded,
  allowsUnversioned: boolean,
): Promise<number> {
  const { aws, upload, state, shortfalls, log } = run;
  const { localDir, prefix, followSymlinks } = upload;
  await checkIdentity(localDir, run.identity);
  const newcomer = !hasSynced && (await hasNewcomer(run, notes)) ? 1 : 0;
  const why =
    whyWait(missing + newcomer, unknown, shortfalls.failedUploads) ??
    (await whyKept(aws, prefix, allowsUnversioned));
  if (why !== undefined) {
    const files = gone.count === 1 ? '1 file is' : `${gone.count} files are`;
    log.warn(`${files} gone from "${localDir}", but still in the bucket: ${why}`);
    return 0;
  }
  // Not before: what stays in the bucket for another reason adds up there, and would stop every run.
  refuse(losses, localDir, run.guard);
  const options = { root: bytesOf(localDir), followSymlinks, prefix, folder: state.runFolder };
  const deleted = await deleteGone(aws, options, gone, (key, reason) => {
    shortfalls.add(`"${key}" could not be deleted in the bucket: ${reason}.`);
  });
  log.info(`Deleted in the bucket: ${deleted}.`);
  return deleted;
}

// The step of a backup run that deletes in the bucket.
import { deleteGone } from '../run/deletion.js';
import { askWhyKept, whyWait } from '../run/deletion-rule.js';
import { refuse } from '../run/guard.js';
import { checkIdentity } from '../run/local-dir.js';
import { hasNewcomer } from '../run/newcomer.js';
import type { Run } from '../run/run.js';
import { bytesOf } from '../tree/bytes.js';
import type { Uploaded } from './steps.js';

/** @returns how many were deleted */
export async function deleteWhatIsGone(
  run: Run,
  { gone, missing, unknown, hasSynced, notes, losses, versioning }: Uploaded,
  allowsUnversioned: boolean,
): Promise<number> {
  const { aws, upload, state, shortfalls, log } = run;
  const { localDir, prefix, followSymlinks } = upload;
  await checkIdentity(localDir, run.identity);
  const newcomer = !hasSynced && (await hasNewcomer(run, notes)) ? 1 : 0;
  const wait =
    whyWait(missing + newcomer, unknown, shortfalls.failedUploads) ??
    (await askWhyKept(aws, prefix, allowsUnversioned, versioning));
  if (wait !== undefined) {
    const files = gone.count === 1 ? '1 file is' : `${gone.count} files are`;
    const sentence = `${files} gone from "${localDir}", but still in the bucket: ${wait.why}`;
    if (wait.isFailure) shortfalls.add(sentence);
    else log.warn(sentence);
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

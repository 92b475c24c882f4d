// A folder of the backup, or all of it, with its metadata; as it is, or as it was.

import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { Incomplete } from '../cli/log/incomplete.js';
import type { Log } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { formatBytes, formatCount } from '../cli/units/quantities.js';
import { formatTime } from '../cli/units/times.js';
import { makeDestination } from '../restore/destination/destination.js';
import { assertDiskSpace } from '../restore/destination/disk-space.js';
import { withPrivateFolder } from '../restore/destination/private-folder.js';
import { Stage } from '../restore/destination/stage.js';
import { Target } from '../restore/destination/target.js';
import { fetchPlanned } from '../restore/fetch.js';
import { hasDefaultAcl, Metadata } from '../restore/metadata/metadata.js';
import { treeBelow } from '../restore/plan/tree-below.js';
import { putInPlace, type Restored } from '../restore/put-in-place.js';
import { type RestoreSurvey, surveyRestore } from '../restore/survey.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import { openRestore, type Restore, type RestoreRequest } from './open-restore.js';

/** @returns the exit code: done, or done with something missing */
export async function downloadDir(request: RestoreRequest, context: CommandContext): Promise<number> {
  const { log, interruption } = context;
  const restore = await openRestore(request, context);
  const { aws, prefix, destination } = restore;
  return withPrivateFolder(async (folder) => {
    const { path, existing, isEmpty } = destination;
    const filled = isEmpty ? undefined : new Target(existing, true);
    const survey = await surveyRestore(restore, filled, folder);
    const source = [aws.bucket, prefix];
    // In a folder above, there is no stage.
    assertDiskSpace(path, existing.path, survey.totals.room - new Stage(existing, source).held());
    announce(restore, survey, log);
    const root = makeDestination(destination);
    const stage = new Stage(root, source);
    stage.open();
    for (const other of stage.others()) {
      log.warn(
        `"${other}" is of a restore from elsewhere that was interrupted, or is still going on. If it is not to go on, remove it.`,
      );
    }
    const reasons = await fetchOrKeep(restore, survey, stage, log);
    const incomplete = new Incomplete(log);
    const target = new Target(root, request.overwrites);
    const onAclFailure = (path: Bytes, why: string) =>
      incomplete.add(
        `"${textOf(path)}" is restored, but without its ACL: ${why}. Its mode is narrower instead, so that nobody may do more than before.`,
      );
    const inheritsAcl = await hasDefaultAcl(bytesOf(root.path));
    const metadata = new Metadata(request.keepsSetid, onAclFailure, inheritsAcl);
    const tree = survey.tree && treeBelow(survey.tree.file, survey.tree.folder);
    const options = { target, stage, metadata, incomplete, log, reasons, interruption, folder };
    const restored = await putInPlace(options, survey.planned, tree);
    const whyLeft = stage.remove();
    if (whyLeft !== undefined) {
      log.warn(
        `"${stage.folder}" can't be removed: ${whyLeft}. An aws of a restore that was killed may still write there; nothing in it is needed.`,
      );
    }
    incomplete.close();
    return report(restore, survey, restored, incomplete.count, log);
  });
}

function announce({ aws, prefix, prompt }: Restore, { tree, totals }: RestoreSurvey, log: Log): void {
  const origin = tree === undefined ? '' : ` from the run of ${formatTime(tree.stored)}`;
  const amount = `${formatCount(totals.files, 'file')}, ${formatBytes(totals.room)} to download`;
  prompt.say(`Restoring s3://${aws.bucket}/${prefix}${origin}: ${amount}...\n`);
  if (tree !== undefined) return;
  log.warn(
    'There is no tree file of these files: they are restored without their modes, times and owners, and without links and empty folders.',
  );
}

/** What has come in bulk of a download that fails is what the next one goes on from. */
async function fetchOrKeep(
  restore: Restore,
  { planned, totals }: RestoreSurvey,
  stage: Stage,
  log: Log,
): Promise<ReadonlyMap<number, string>> {
  try {
    return await fetchPlanned({ ...restore, stage }, planned, totals);
  } catch (error) {
    log.info(
      `What has arrived is kept in ${stage.folder}: the same restore goes on from what came in bulk, and fetches anew what came by itself, as older versions do.`,
    );
    throw error;
  }
}

function report(
  { prompt }: Restore,
  { tree, totals }: RestoreSurvey,
  restored: Restored,
  missing: number,
  log: Log,
): number {
  const { files, folders, links, extras, newer } = restored;
  if (files === 0 && totals.files > 0) throw new BackupError('None of the files could be restored.');
  if (tree !== undefined && extras > 0) {
    log.warn(
      `${extras} of the files are in the bucket, but not in the tree of that run: they are restored without their modes, times and owners; the new ones only you may read.`,
    );
  }
  if (newer > 0) {
    log.warn(
      `${newer} of the files are newer in the bucket than the tree of that run, as an interrupted run leaves them: they are restored with the modes, times and owners of that run, or as the links that it has. Syslog names them.`,
    );
  }
  const parts = [formatCount(files, 'file'), formatCount(folders, 'folder'), formatCount(links, 'link')];
  prompt.say(`Restored ${parts.join(', ')}.\n`);
  if (missing > 0) return exitCode.incomplete;
  prompt.say('Success.\n');
  return exitCode.done;
}

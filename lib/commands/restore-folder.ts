// Restores a folder of the backup, or all of it, with its metadata, now or at a point in time.
import { join } from 'node:path';
import { stderr } from 'node:process';
import { exitCode } from '../cli/exit-codes.js';
import { Incomplete } from '../cli/log/incomplete.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { Destination } from '../restore/destination/destination.js';
import {
  assertDiskSpace,
  type DestinationPath,
  type DestinationRights,
  inspectDestination,
  makeDestination,
} from '../restore/destination/open-destination.js';
import { bytesInStage, Stage } from '../restore/destination/stage.js';
import { fetchPlanned } from '../restore/fetch.js';
import { type MetadataRequest, metadataFor } from '../restore/metadata/metadata.js';
import type { FoundTree } from '../restore/plan/find-tree.js';
import { fetchSharedSingly, findFoldedNames } from '../restore/plan/shared-places.js';
import type { KeptFiles } from '../restore/plan/what-is-replaced.js';
import { describePlan } from '../restore/preview.js';
import { putInPlace } from '../restore/put-in-place.js';
import { announce, report, warnOfOtherStages } from '../restore/report.js';
import type { RestorePart } from '../restore/restore-parts.js';
import type { RestoreScope } from '../restore/scope.js';
import { Selection, type SelectionRequest } from '../restore/selection.js';
import { surveyRestore } from '../restore/survey.js';
import { verifyRestored } from '../restore/verify/verify-restored.js';
import { Spool } from '../tree/streams/spool.js';

/** The message to a user who has interrupted a restore. */
export const AFTER_SIGNAL =
  'No file is half restored. The destination keeps the files of a folder that have arrived: run the same command again to continue.';

/** The options of a restore, for files as for folders. */
export interface RestoreOptions extends DestinationRights, MetadataRequest, SelectionRequest {
  /** Which files of the destination stay although they differ. */
  readonly keeps: KeptFiles;
  /** Whether to compare the restored files with the bucket afterwards. */
  readonly verifies: boolean;
  /** Whether to print what would be done, and write nothing. */
  readonly isDry: boolean;
}

/**
 * Plans the restore of a folder, and writes nothing to the destination.
 * @param found the tree with the folder's entries, if the caller has fetched it
 * @throws {BackupError} for an invalid request; with exit code 5 for the wrong encryption key
 */
export async function planFolder(
  scope: RestoreScope,
  place: DestinationPath,
  options: RestoreOptions,
  tempFolder: string,
  { log, interruption }: CommandContext,
  found?: FoundTree,
): Promise<RestorePart> {
  const { keeps } = options;
  const prompt = new Prompt(stderr, interruption);
  const source = { bucket: scope.aws.bucket, prefix: scope.prefix };
  const existing = place.isEmpty ? undefined : new Destination(place.existing, true);
  const selection = new Selection(options);
  const survey = await surveyRestore(scope, { existing, keeps, selection }, tempFolder, found);
  assertDiskSpace(place, survey.totals.bytes - bytesInStage(place.existing, source));
  if (!options.isDry) announce(scope, survey, prompt);
  return {
    counts: survey.totals.preview,
    destination: place.path,
    actions: () => describePlan(survey.plan, keeps),
    restore: async (overwrites) => {
      // Inspected again, since another part may have created it.
      const root = makeDestination(inspectDestination(place.path, { ...options, fills: true }));
      const stage = new Stage(root, source);
      warnOfOtherStages(stage, log);
      const names = await findFoldedNames(survey, stage.held.path);
      const fetched = names === undefined ? survey : await fetchSharedSingly(survey, names, tempFolder);
      const failures = await fetchPlanned({ ...scope, stage }, fetched);

      const destination = new Destination(root, overwrites, names);
      const incomplete = new Incomplete(log);
      const metadata = await metadataFor(root, survey.plan, options, incomplete);
      const placed = options.verifies ? new Spool(join(tempFolder, 'placed')) : undefined;
      const restored = await putInPlace(
        { destination, keeps, stage, metadata, incomplete, log, failures, interruption, tempFolder, placed },
        fetched.plan,
        survey.tree !== undefined,
      );
      metadata.owners.warnOfOtherNumbers(log);
      stage.removeOrWarn(log);
      incomplete.close();
      const done = report(survey, restored, incomplete.count, { log, prompt });
      placed?.close();
      const verified = placed && (await verifyRestored(scope, destination, placed, prompt));
      const code = Math.max(done, verified ?? exitCode.done);
      if (code === exitCode.done) prompt.say('Success.\n');
      return code;
    },
  };
}

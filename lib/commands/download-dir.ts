// Restores a folder of the backup, or all of it, with its metadata; as it is, or as it was.
import { Incomplete } from '../cli/log/incomplete.js';
import type { CommandContext } from '../cli/main.js';
import { Destination } from '../restore/destination/destination.js';
import { assertDiskSpace, makeDestination } from '../restore/destination/open-destination.js';
import { bytesInStage, Stage } from '../restore/destination/stage.js';
import { fetchPlanned } from '../restore/fetch.js';
import { metadataFor } from '../restore/metadata/metadata.js';
import { entriesBelow } from '../restore/plan/find-tree.js';
import { fetchSharedSingly, findFoldedNames } from '../restore/plan/shared-places.js';
import { mayReplace, printPlan } from '../restore/preview.js';
import { putInPlace } from '../restore/put-in-place.js';
import { announce, report, warnOfOtherStages } from '../restore/report.js';
import { surveyRestore } from '../restore/survey.js';
import { withPrivateFolder } from '../restore/tmpdir.js';
import { openRestore, type RestoreRequest } from './open-restore.js';

/** For a person who has ended a restore. */
export const AFTER_SIGNAL =
  'No file is half restored, and of a folder, what has arrived is kept in the destination: run the same command again to go on.';

/** @returns the exit code: done, or done with something missing */
export async function downloadDir(request: RestoreRequest, context: CommandContext): Promise<number> {
  const { scope, source, path, prompt } = await openRestore(request, context);
  const { log, interruption } = context;
  const { keeps = 'none' } = request;
  const existing = path.isEmpty ? undefined : new Destination(path.existing, true);
  return withPrivateFolder(async (notes) => {
    const survey = await surveyRestore(scope, { existing, keeps }, notes); // exit 5 with another key; nothing is written yet
    assertDiskSpace(path, survey.totals.bytes - bytesInStage(path.existing, source));
    if (request.isDry === true) return printPlan(survey);
    announce(scope, survey, prompt);
    const overwrites = await mayReplace(
      survey,
      { path: path.path, keeps, overwrites: request.overwrites },
      prompt,
    );

    const root = makeDestination(path);
    const stage = new Stage(root, source);
    warnOfOtherStages(stage, log);
    const names = await findFoldedNames(survey, stage.held.path);
    const fetched = names === undefined ? survey : await fetchSharedSingly(survey, names, notes);
    const failures = await fetchPlanned({ ...scope, stage }, fetched);

    const destination = new Destination(root, overwrites, names);
    const incomplete = new Incomplete(log);
    const entries = () => survey.tree && entriesBelow(survey.tree);
    const metadata = await metadataFor(root, entries(), request, incomplete);
    const options = { destination, keeps, stage, metadata, incomplete, log, failures, interruption, notes };
    const restored = await putInPlace(options, fetched.plan, entries());
    metadata.warnOfRenumbered(log);
    stage.removeOrWarn(log);
    incomplete.close();
    return report(survey, restored, incomplete.count, { log, prompt });
  });
}

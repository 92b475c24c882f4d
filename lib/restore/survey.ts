// Surveys a restore: lists the folder, now or at a point in time, fetches its tree, and plans what to do about every
// key. Nothing is written to the destination yet.
import { join } from 'node:path';
import { headWithKey } from '../aws/arguments/download-arguments.js';
import { causeOfRefusal, otherKeyError } from '../aws/sse-c/wrong-key.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { BackupError } from '../cli/errors.js';
import { textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, Spool } from '../tree/streams/spool.js';
import { DamagedTreeError } from '../tree/tree-file.js';
import { isSafeKey } from './destination/safe-key.js';
import {
  entriesBelow,
  type FoundTree,
  fetchTreeAt,
  hasFolder,
  type LocalTree,
  tooEarlyError,
} from './plan/find-tree.js';
import { listFolder } from './plan/list-folder.js';
import { type PlanInput, type PlanTotals, planRestore } from './plan/plan.js';
import type { ListedKey } from './plan/planned-file.js';
import type { RestoreScope } from './scope.js';

/** How many objects to try the encryption key on if there is no tree. */
const OBJECTS_TO_TRY = 3;

export interface RestoreSurvey {
  /** `undefined` if there is none. */
  readonly tree: LocalTree | undefined;
  readonly backupsBelow: readonly string[];
  /** Lines of `PlannedFile`. */
  readonly plan: Spool;
  readonly totals: PlanTotals;
}

/** The selection, and the present destination. */
type RestoreChoice = Pick<PlanInput, 'existing' | 'keeps' | 'selection'>;

/**
 * @param found the tree, if the caller has fetched it
 * @throws {BackupError} for a time before the oldest version, for a wrong key, and if there is nothing to restore
 */
export async function surveyRestore(
  scope: RestoreScope,
  choice: RestoreChoice,
  tempFolder: string,
  found?: FoundTree,
): Promise<RestoreSurvey> {
  const { aws, prefix, time, log } = scope;
  const listed = new Spool(join(tempFolder, 'listed'));
  const [{ tree, backupsBelow }, oldest] = await allSettledOrThrow(
    found === undefined ? fetchTreeAt(scope, tempFolder) : Promise.resolve(found),
    listFolder(scope, listed),
  );
  if (tree === undefined && time !== undefined && oldest !== undefined && oldest > time) {
    throw tooEarlyError(time, oldest);
  }
  const planFor = (usedTree: LocalTree | undefined) => planWith(usedTree, { ...choice, listed }, tempFolder);
  const planned = await planFor(tree).catch((error: unknown) => {
    if (!(error instanceof DamagedTreeError)) throw error;
    // Goes on as if there were no tree.
    log.warn(`The tree file is not used: ${error.message}`);
    return planFor(undefined);
  });
  const survey = { ...planned, backupsBelow };
  const { counts, files, entries, preview } = survey.totals;
  if (files + entries + preview.keptInBucket + counts.unsafe + counts.folder + counts.undecided === 0) {
    if (choice.selection.hasPatterns) throw nothingSelectedError(scope);
    if (survey.tree !== undefined && (await hasFolder(survey.tree))) return survey;
    throw new BackupError(`There is nothing below s3://${aws.bucket}/${prefix}.`, {
      hint: 'Check the bucket and the path. encrypted-s3 find --all looks for a part of a name in all runs; encrypted-s3-list-versions shows what was deleted, and --at restores it. encrypted-s3-download-file restores a single file by its URL.',
    });
  }
  if (survey.tree === undefined && files + entries === 0 && counts.unsafe > 0) {
    throw nothingSafeError(scope, backupsBelow);
  }
  if (survey.tree === undefined) await assertSomeObjectFits(scope, listed);
  return survey;
}

async function planWith(
  tree: LocalTree | undefined,
  input: Omit<PlanInput, 'tree'>,
  tempFolder: string,
): Promise<Omit<RestoreSurvey, 'backupsBelow'>> {
  const { selection } = input;
  const plan = new Spool(join(tempFolder, tree === undefined ? 'plan' : 'plan-with-tree'));
  const planTree = tree && { ...tree, entries: entriesBelow(tree, selection) };
  const totals = await planRestore({ ...input, tree: planTree }, plan);
  return { tree, plan, totals };
}

/**
 * With a REMOTE_DIR_PREFIX such as 'pc/docs/', keys begin with `pc/docs//`: relative to `pc/docs/` they name no files.
 * The user has to give the whole prefix.
 */
function nothingSafeError({ aws, prefix }: RestoreScope, backupsBelow: readonly string[]): BackupError {
  const urls = (backupsBelow.length > 0 ? backupsBelow : [`${prefix}/`]).map(
    (it) => `s3://${aws.bucket}/${it}`,
  );
  return new BackupError(`No key below s3://${aws.bucket}/${prefix} names a file in a folder.`, {
    hint: `A prefix may have an empty part. Restore ${urls.join(' or ')}`,
  });
}

function nothingSelectedError({ aws, prefix }: RestoreScope): BackupError {
  return new BackupError(`Nothing below s3://${aws.bucket}/${prefix} matches.`, {
    hint: 'Patterns of --include and --exclude apply to whole paths below LOCAL_DIR; * matches a /, too: --include "*.odt", --exclude "cache/*".',
  });
}

/** @throws {BackupError} with exit code 5 if the first few objects were all stored with another key */
async function assertSomeObjectFits(scope: RestoreScope, listed: Spool): Promise<void> {
  const { aws, prefix } = scope;
  let refused: BackupError | undefined;
  let tried = 0;
  for await (const { key: name, wanted } of flatten(readJson<ListedKey>(listed))) {
    // For a key such as `file:///etc/passwd`, `aws s3api` would read that file and send its content.
    if (wanted === undefined || !isSafeKey(name)) continue;
    const object = { bucket: aws.bucket, key: prefix + textOf(name), versionId: wanted.versionId };
    const args = headWithKey(object);
    const answer = await aws.run(args);
    if (answer.exitCode === 0) return;
    const cause = await causeOfRefusal(aws, object, args, answer);
    if (cause === 'wrong key') refused = otherKeyError(object);
    else if (cause.kind === 'bad-credentials') throw cause;
    tried += 1;
    if (tried === OBJECTS_TO_TRY) break;
  }
  if (refused !== undefined) throw refused;
}

// What there is to restore: the listing of a folder, now or at a point in time, and the tree that goes with it.
import { join } from 'node:path';
import { headWithKey } from '../aws/arguments/download-arguments.js';
import type { AwsAnswer } from '../aws/aws-cli.js';
import { causeOfRefusal } from '../aws/wrong-key.js';
import { allSettledOrThrow } from '../cli/concurrency.js';
import { BackupError } from '../cli/errors.js';
import type { Log } from '../cli/log/log.js';
import { textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, Spool } from '../tree/streams/spool.js';
import { DamagedTreeError } from '../tree/tree-file.js';
import { isSafeKey } from './destination/safe-key.js';
import type { Target } from './destination/target.js';
import { fetchTreeAt, type LocalTree, tooEarlyError, wrongKeyForTree } from './plan/find-tree.js';
import { listFolder } from './plan/list.js';
import { type PlanTotals, planRestore } from './plan/plan.js';
import type { ListedKey } from './plan/planned-file.js';
import { treeBelow } from './plan/tree-below.js';
import type { RestoreScope } from './scope.js';

/** How many objects are tried with a key of which no tree tells. */
const TRIED = 3;

export interface RestoreSurvey {
  /** `undefined`: there is none. */
  readonly tree: LocalTree | undefined;
  /** Lines of `PlannedFile`. */
  readonly planned: Spool;
  readonly totals: PlanTotals;
}

/**
 * Reads from the bucket, and writes only to `folder`, which is ours.
 * @param existing the destination, if files in it may be as they should be
 * @throws {BackupError} for a time that is too long ago, a wrong key, and where there is nothing
 */
export async function surveyRestore(
  scope: RestoreScope,
  existing: Target | undefined,
  folder: string,
): Promise<RestoreSurvey> {
  const { aws, prefix, time } = scope;
  const listed = new Spool(join(folder, 'listed'));
  const [tree, oldest] = await allSettledOrThrow(
    fetchTreeAt(scope, folder),
    listFolder(aws, prefix, time, listed),
  );
  if (tree === undefined && time !== undefined && oldest !== undefined && oldest > time) {
    throw tooEarlyError(time, oldest);
  }
  const survey = await planned(tree, listed, existing, folder, scope.log);
  const { counts, files, entries } = survey.totals;
  if (files + entries + counts.unsafe + counts.folder === 0) {
    throw new BackupError(`There is nothing below s3://${aws.bucket}/${prefix}.`, {
      hint: 'Check the bucket and the prefix. What was deleted there: encrypted-s3-list-versions shows it, and --at restores it as it was. A single file is restored by encrypted-s3-download-file.',
    });
  }
  if (survey.tree === undefined) await assertKeyFitsSome(scope, listed);
  return survey;
}

/** A damaged tree is as good as none. */
async function planned(
  tree: LocalTree | undefined,
  listed: Spool,
  existing: Target | undefined,
  folder: string,
  log: Log,
): Promise<RestoreSurvey> {
  const spool = new Spool(join(folder, tree === undefined ? 'planned' : 'planned-by-tree'));
  const planTree = tree && { entries: treeBelow(tree.file, tree.folder), stored: tree.stored };
  try {
    return { tree, planned: spool, totals: await planRestore(listed, planTree, existing, spool) };
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
    log.warn(`The tree file is not used: ${error.message}`);
    return planned(undefined, listed, existing, folder, log);
  }
}

/** @throws {BackupError} with exit code 5 if none of a few objects can be read for the key */
async function assertKeyFitsSome(scope: RestoreScope, listed: Spool): Promise<void> {
  const { aws, encryptionKey, prefix } = scope;
  let refused: BackupError | undefined;
  let tried = 0;
  for await (const { key: name, want } of flatten(readJson<ListedKey>(listed))) {
    // `aws s3api` reads the file that a key like `file:///etc/passwd` names, and sends its content.
    if (want === undefined || !isSafeKey(name)) continue;
    const object = { bucket: aws.bucket, key: prefix + textOf(name), versionId: want.versionId };
    const args = headWithKey(object);
    const answer: AwsAnswer = await aws.run(args, { encryptionKey });
    if (answer.exitCode === 0) return;
    const cause = await causeOfRefusal(scope, object, args, answer);
    if (cause === 'wrong key') refused = wrongKeyForTree(object);
    else if (cause.kind === 'bad-credentials') throw cause;
    tried += 1;
    if (tried === TRIED) break;
  }
  if (refused !== undefined) throw refused;
}

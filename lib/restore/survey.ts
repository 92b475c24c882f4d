// What there is to restore: the listing of a folder, now or at a point in time, and the tree that goes with it.
import { join } from 'node:path';
import { headWithKey } from '../aws/arguments.js';
import type { AwsAnswer, AwsCli } from '../aws/aws-cli.js';
import { causeOfRefusal } from '../aws/wrong-key.js';
import type { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';
import { sideBySide } from '../side-by-side.js';
import type { Log } from '../terminal/log.js';
import { singly } from '../tree/batches.js';
import { textOf } from '../tree/bytes.js';
import { readJson, Spool } from '../tree/spool.js';
import { DamagedTreeError } from '../tree/tree-file.js';
import { fetchTreeOf, type LocalTree, otherKey, tooEarly } from './find-tree.js';
import { listFolder } from './list.js';
import { plan, type Totals } from './plan.js';
import type { ListedKey } from './planned-file.js';
import { isSafeKey } from './safe-key.js';
import type { Target } from './target.js';
import { treeBelow } from './tree-below.js';

/** How many objects are tried with a key of which no tree tells. */
const TRIED = 3;

export interface RestoreSurvey {
  /** `undefined`: there is none. */
  readonly tree: LocalTree | undefined;
  /** Lines of `PlannedFile`. */
  readonly planned: Spool;
  readonly totals: Totals;
}

/**
 * Reads from the bucket, and writes only to `folder`, which is ours.
 * @param prefix of the folder: '' or ends in a `/`
 * @param backupPrefix perhaps that of the backup: looked at first
 * @param time milliseconds since the epoch; `undefined`: now
 * @param existing the destination, if files in it may be as they should be
 * @throws {BackupError} for a time that is too long ago, a wrong key, and where there is nothing
 */
export async function surveyRestore(
  aws: AwsCli,
  key: EncryptionKey,
  prefix: string,
  backupPrefix: string,
  time: number | undefined,
  existing: Target | undefined,
  folder: string,
  log: Log,
): Promise<RestoreSurvey> {
  const listed = new Spool(join(folder, 'listed'));
  const [tree, oldest] = await sideBySide(
    fetchTreeOf(aws, key, prefix, backupPrefix, time, folder),
    listFolder(aws, prefix, time, listed),
  );
  if (tree === undefined && time !== undefined && oldest !== undefined && oldest > time) {
    throw tooEarly(time, oldest);
  }
  const survey = await planned(tree, listed, existing, folder, log);
  const { counts, files, entries } = survey.totals;
  if (files + entries + counts.unsafe + counts.folder === 0) {
    throw new BackupError(`There is nothing below s3://${aws.bucket}/${prefix}.`, {
      hint: 'Check the bucket and the prefix. What was deleted there: encrypted-s3-list-versions shows it, and --at restores it as it was. A single file is restored by encrypted-s3-download-file.',
    });
  }
  if (survey.tree === undefined) await tryKey(aws, key, prefix, listed);
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
    return { tree, planned: spool, totals: await plan(listed, planTree, existing, spool) };
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
    log.warn(`The tree file is not used: ${error.message}`);
    return planned(undefined, listed, existing, folder, log);
  }
}

/** @throws {BackupError} with exit code 5 if none of a few objects can be read for the key */
async function tryKey(aws: AwsCli, key: EncryptionKey, prefix: string, listed: Spool): Promise<void> {
  let refused: BackupError | undefined;
  let tried = 0;
  for await (const { key: name, want } of singly(readJson<ListedKey>(listed))) {
    // `aws s3api` reads the file that a key like `file:///etc/passwd` names, and sends its content.
    if (want === undefined || !isSafeKey(name)) continue;
    const object = { bucket: aws.bucket, key: prefix + textOf(name), versionId: want.versionId };
    const args = headWithKey(object);
    const answer: AwsAnswer = await aws.run(args, { key });
    if (answer.exitCode === 0) return;
    const cause = await causeOfRefusal(aws, object, key, args, answer);
    if (cause === 'wrong key') refused = otherKey(object);
    else if (cause.kind === 'bad-credentials') throw cause;
    tried += 1;
    if (tried === TRIED) break;
  }
  if (refused !== undefined) throw refused;
}

// The walk of LOCAL_DIR, compared with what the last run saw.
import { join } from 'node:path';
import { BackupError } from '../errors.js';
import { nothing } from '../tree/batches.js';
import type { Obstacle } from '../tree/entry.js';
import { DamagedTreeError, openTree, treeLine } from '../tree/tree-file.js';
import { type LastRun, RUNS_PREFIX } from './last-run.js';
import { fetchTree } from './last-tree.js';
import type { Run } from './run.js';
import { Spool } from './spool.js';
import { describeObstacle, type Stock, takeStock } from './take-stock.js';

export interface Comparison {
  /** Whether the tree was there, so that the stock's losses mean something. */
  readonly hasTree: boolean;
  readonly stock: Stock;
  /** What the walk has noted. */
  readonly notes: Spool;
  /** When the run ended that the tree is of, or began; milliseconds since the epoch. */
  readonly lastEnded: number | undefined;
}

/** @throws {BackupError} if the tree can't be had, or can't be used */
export async function compareWithTree(run: Run, lastRun: LastRun | undefined): Promise<Comparison> {
  const { aws, key, upload, isExcluded, state, log } = run;
  const { localDir, prefix, followSymlinks } = upload;
  const info = (message: string) => log.info(message);
  const treeFile =
    lastRun && (await fetchTree(aws, key, prefix, lastRun, state.treeCopy, state.runFolder, info));
  const notes = new Spool(join(state.runFolder, 'notes'));
  const onTurn = () => run.interruption.check();
  try {
    const tree = treeFile === undefined ? undefined : await openTree(treeFile, treeLine);
    // A tree of an earlier run than the record's knows nothing of what was stored since it was made.
    const lastEnded = tree && Date.parse((tree.runId === lastRun?.runId && lastRun.ended) || tree.started);
    const acls = { readsAcls: run.header.hasAcls === true, lastHasAcls: tree?.hasAcls === true };
    const options = { localDir, followSymlinks, isExcluded, lastEnded, ...acls, onTurn };
    const stock = await takeStock(options, tree?.entries ?? nothing(), notes, (it) => report(run, it));
    return { hasTree: treeFile !== undefined, stock, notes, lastEnded };
  } catch (error) {
    throw explainTree(error, prefix);
  }
}

/** A tree that is the stored one to the byte, and can't be read all the same: it is not left out silently. */
function explainTree(error: unknown, prefix: string): unknown {
  if (!(error instanceof DamagedTreeError)) return error;
  return new BackupError(`The tree of the last run can't be used. ${error.message}`, {
    hint: `Delete ${RUNS_PREFIX}${prefix}last-run.json in the bucket: the next run then goes by what the bucket holds.`,
    cause: error,
  });
}

function report({ upload, shortfalls, log }: Run, obstacle: Obstacle): void {
  const sentence = describeObstacle(obstacle, upload.localDir);
  if (obstacle.reason === 'unreadable' || obstacle.reason === 'not UTF-8') shortfalls.add(sentence);
  else if (obstacle.reason === 'loop') log.warn(sentence);
  else log.info(sentence);
}

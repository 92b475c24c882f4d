// The steps that a run and a dry run have in common, up to the first change: the config becomes a run, the bucket
// and the disk are asked.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { BackupConfig } from '../config/read-config.js';
import { BackupError } from '../errors.js';
import type { CommandContext } from '../main.js';
import { findEscrow } from '../run/escrow.js';
import { exclusion } from '../run/exclusion.js';
import { fetchLastRun, fetchTree, type LastRun, RUNS_PREFIX } from '../run/last-run.js';
import { checkReservedName, identityOf, resolveLocalDir } from '../run/local-dir.js';
import type { Findings } from '../run/reconcile.js';
import { lookAtNothing, lookFirst, type Run } from '../run/run.js';
import { Shortfalls } from '../run/shortfalls.js';
import { Spool } from '../run/spool.js';
import { openStateFolder, ownPatterns } from '../run/state-folder.js';
import { describeObstacle, type Stock, takeStock } from '../run/take-stock.js';
import { sideBySide } from '../side-by-side.js';
import type { Obstacle } from '../tree/entry.js';
import { DamagedTreeError, openTree, treeLine } from '../tree/tree-file.js';
import { connectTo, placeOf } from './connection.js';

export interface SyncOptions {
  readonly allowsMassDelete: boolean;
  /** LOCAL_LOCK, locked. */
  readonly lockDescriptor?: number;
  /** Whether nothing on disk may be changed. */
  readonly isDry: boolean;
}

/** The run that a config describes. Its folder has to be removed. */
export async function openRun(
  config: BackupConfig,
  options: SyncOptions,
  context: CommandContext,
): Promise<Run> {
  const { awsBucket: bucket, remoteDirPrefix: prefix, followSymlinks } = config;
  const { lockDescriptor, allowsMassDelete, isDry } = options;
  const aws = await connectTo(placeOf(config), config, context, lockDescriptor);
  const localDir = await resolveLocalDir(config.localDir);
  const identityOfDir = await identityOf(localDir);
  if (prefix === '') await checkReservedName(localDir);
  const storageClass = config.awsStorageClass;
  // Before the folders are made: it may find fault with the patterns.
  exclusion(config.exclude, localDir);
  const identity = [config.awsEndpointUrl ?? '', bucket, prefix];
  const state = openStateFolder(identity, config.environment, !isDry, localDir);
  const exclude = [...config.exclude, ...ownPatterns(state, localDir)];
  return {
    aws,
    key: config.encryptionKey,
    upload: { localDir, bucket, prefix, followSymlinks, storageClass, exclude },
    isExcluded: exclusion(exclude, localDir),
    guard: { maxDeletePercent: config.maxDeletePercent, allowsMassDelete },
    state,
    identity: identityOfDir,
    header: { runId: randomUUID(), started: new Date().toISOString(), root: localDir },
    shortfalls: new Shortfalls(context.log),
    log: context.log,
  };
}

export interface Survey {
  readonly escrow: 'found' | 'none' | 'no bucket';
  /** Whether the last run's record was there, so that its key is this one. */
  readonly hasRecord: boolean;
  /** Whether its tree was there, so that the stock's losses mean something. */
  readonly hasTree: boolean;
  readonly stock: Stock;
  /**
   * The listing, compared with what is on disk. It is under way, and has had its first page: it tells of the bucket as
   * it is before a transfer that begins now, since `aws s3 sync` lists it too, and more slowly.
   */
  readonly findings: Promise<Findings>;
}

/** @throws {BackupError} with exit code 5 if the last run had another key */
export async function survey(run: Run): Promise<Survey> {
  const { aws, key, upload } = run;
  const comparison = fetchLastRun(aws, key, upload.prefix).then((record) => compareWithTree(run, record));
  let onFirstPage = () => {};
  const firstPage = new Promise<void>((resolve) => {
    onFirstPage = resolve;
  });
  const walked = comparison.then(({ notes, lastEnded }) => ({ notes, lastEnded }));
  walked.catch(() => undefined); // Nobody waits for it if the listing can't begin.
  const listing = lookFirst(run, walked, onFirstPage);
  const listed = listing.then(
    () => undefined,
    () => undefined,
  );
  try {
    const [escrow, { notes, lastEnded: _, ...found }] = await sideBySide(findEscrow(aws), comparison);
    await (escrow === 'no bucket' ? listed : Promise.race([firstPage, listed]));
    const findings = escrow === 'no bucket' ? lookAtNothing(run, notes) : listing;
    findings.catch(() => undefined); // It may fail before it is waited for.
    return { ...found, escrow, findings };
  } catch (error) {
    await listed;
    throw error;
  }
}

/** The walk, and what the last run saw. */
async function compareWithTree(run: Run, lastRun: LastRun | undefined) {
  const { aws, key, upload, isExcluded, state, log } = run;
  const { localDir, prefix, followSymlinks } = upload;
  const info = (message: string) => log.info(message);
  const treeFile =
    lastRun && (await fetchTree(aws, key, prefix, lastRun, state.treeCopy, state.runFolder, info));
  const last = treeFile === undefined ? nothing() : (await openTree(treeFile, treeLine)).entries;
  const notes = new Spool(join(state.runFolder, 'notes'));
  const lastEnded = treeFile === undefined ? undefined : Date.parse(lastRun?.ended ?? '');
  const options = { localDir, followSymlinks, isExcluded, lastEnded };
  const stock = await takeStock(options, last, notes, (obstacle) => report(run, obstacle)).catch((error) => {
    throw explainTree(error, prefix);
  });
  return { hasRecord: lastRun !== undefined, hasTree: treeFile !== undefined, stock, notes, lastEnded };
}

async function* nothing(): AsyncGenerator<never> {}

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

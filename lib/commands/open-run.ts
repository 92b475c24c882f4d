// The config becomes a run.
import { randomUUID } from 'node:crypto';
import type { BackupConfig } from '../config/read-config.js';
import type { CommandContext } from '../main.js';
import { exclusion, hasWildcards, isInStage, STAGE_PATTERNS } from '../run/exclusion.js';
import { checkReservedName, identityOf, resolveLocalDir } from '../run/local-dir.js';
import type { Run } from '../run/run.js';
import { Shortfalls } from '../run/shortfalls.js';
import { openStateFolder, ownPatterns } from '../run/state-folder.js';
import { canReadAcls } from '../tree/acls.js';
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
  const isExcluded = exclusion(exclude, localDir);
  // Where the AWS CLI can exclude nothing, what an interrupted restore has left is backed up.
  const canExclude = !hasWildcards(localDir);
  if (canExclude) exclude.push(...STAGE_PATTERNS);
  return {
    aws,
    key: config.encryptionKey,
    upload: { localDir, bucket, prefix, followSymlinks, storageClass, exclude },
    isExcluded: canExclude ? (key) => isInStage(key) || isExcluded(key) : isExcluded,
    guard: { maxDeletePercent: config.maxDeletePercent, allowsMassDelete },
    state,
    identity: identityOfDir,
    header: {
      runId: randomUUID(),
      started: new Date().toISOString(),
      root: localDir,
      hasAcls: canReadAcls(),
    },
    shortfalls: new Shortfalls(context.log),
    interruption: context.interruption,
    log: context.log,
  };
}

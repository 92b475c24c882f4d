// Opens the history of a backup: the runs in the bucket, and a place for downloaded files.
import { existsSync } from 'node:fs';
import type { Remote } from '../aws/remote.js';
import type { BackupConfig } from '../config/backup-config.js';
import { openStateFolder } from '../records/state-folder.js';
import { HistoryFiles } from './history-files.js';
import { listStoredRuns, type StoredRuns } from './stored-runs.js';

export interface History {
  readonly runs: StoredRuns;
  readonly files: HistoryFiles;
  /** Whether a run on this machine is going on, or did not end. */
  readonly hasUnfinished: boolean;
}

/** @throws {BackupError} if no run has stored a tree, or the disk can't be used */
export async function withHistory<T>(
  remote: Remote,
  config: BackupConfig,
  work: (history: History) => Promise<T>,
): Promise<T> {
  const runs = await listStoredRuns(remote);
  const state = openStateFolder(config, true);
  try {
    const hasUnfinished = state.journal !== undefined && existsSync(state.journal);
    return await work({ runs, files: new HistoryFiles(remote, state), hasUnfinished });
  } finally {
    state.remove();
  }
}

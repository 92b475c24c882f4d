// A folder of this backup's own below $XDG_STATE_HOME: a copy of the last tree, and what a run keeps aside. It
// can be lost at any time; then the tree is downloaded.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { homeFolderOf } from '../aws/settings/home.js';
import { BackupError, describeError, errnoOf } from '../cli/errors.js';
import { startOf } from './process-start.js';

export interface StateFolder {
  /** What must not be backed up: it changes while the run is going on. Without links. */
  readonly ownFolders: readonly string[];
  /** Where the copy of the tree is kept; `undefined` if there is no place to keep anything. */
  readonly treeCopy: string | undefined;
  /** Where a run that has not ended keeps what it has sent; see unfinished.ts. */
  readonly unfinished: string | undefined;
  /** Where records and trees of earlier runs are kept for questions about them. */
  readonly history: string | undefined;
  /** This run's own; empty, 0700. */
  readonly runFolder: string;
  /** Removes the run's folder. */
  remove(): void;
}

/**
 * @param identity tells this backup from others: bucket, prefix, endpoint
 * @param keepsState whether anything may be left behind
 * @throws {BackupError} if no folder can be made, not even a temporary one
 */
export function openStateFolder(
  identity: readonly string[],
  environment: NodeJS.ProcessEnv,
  keepsState: boolean,
): StateFolder {
  const home = stateHome(environment);
  const name = createHash('sha256').update(identity.join('\n')).digest('hex').slice(0, 16);
  const folder = home === undefined ? undefined : join(home, name);
  const places = {
    treeCopy: folder === undefined ? undefined : join(folder, 'tree.ndjson.gz'),
    unfinished: folder === undefined ? undefined : join(folder, 'unfinished'),
    history: folder === undefined ? undefined : join(folder, 'history'),
  };
  try {
    if (keepsState && home !== undefined && folder !== undefined) {
      makeFolders(folder, 0o700);
      removeAbandoned(folder);
      return { ...places, ownFolders: ownStateHome(home), ...makeRunFolder(folder) };
    }
  } catch {
    // On a read-only system, for example: a temporary folder will do.
  }
  try {
    const made = makeRunFolder(realpathSync(tmpdir()));
    // What a run would leave out, a dry run leaves out, too.
    const ownFolders = [made.runFolder, ...(keepsState ? [] : ownStateHome(home))];
    return {
      ...(keepsState ? { treeCopy: undefined, unfinished: undefined, history: undefined } : places),
      ownFolders,
      ...made,
    };
  } catch (error) {
    throw new BackupError(
      `No folder for the run's notes can be made in "${tmpdir()}": ${describeError(error)}.`,
      {
        hint: 'Set XDG_STATE_HOME to a folder that this user may write to.',
      },
    );
  }
}

/** Without links; nothing, if it is not there. */
function ownStateHome(home: string | undefined): string[] {
  return home === undefined || !existsSync(home) ? [] : [realpathSync(home)];
}

/** The XDG base directories' rule: a relative path does not count. `undefined` without any home. */
function stateHome(environment: NodeJS.ProcessEnv): string | undefined {
  const configured = environment['XDG_STATE_HOME'] ?? '';
  if (isAbsolute(configured)) return join(configured, 'encrypted-s3-backup');
  const home = homeFolderOf(environment);
  return home === undefined ? undefined : join(home, '.local/state/encrypted-s3-backup');
}

function makeRunFolder(parent: string): Pick<StateFolder, 'runFolder' | 'remove'> {
  // Mode 0700, as mkdtemp(3) makes it.
  const runFolder = mkdtempSync(join(parent, `run-${process.pid}-${startOf(process.pid)}-`));
  return { runFolder, remove: () => rmSync(runFolder, { recursive: true, force: true }) };
}

/** What a system error in the run's folder means, in words for the user; any other error as it is. */
export function explainStateError(error: unknown, { runFolder }: StateFolder): unknown {
  const errno = errnoOf(error);
  const isThere = error instanceof Error && 'path' in error && `${error.path}`.startsWith(runFolder);
  if (errno === undefined || !(isThere || errno === 'ENOSPC' || errno === 'EDQUOT')) return error;
  return new BackupError(`The run's notes in "${runFolder}" can't be used: ${describeError(error)}.`, {
    hint: 'Leave that folder alone while a run is going on, and see that its disk has space. Run the command again.',
    cause: error,
  });
}

/**
 * What killed runs have left. The lock alone does not tell: another config for the same place in the bucket may
 * name another lock. Nor does a PID: in a container, it is the same for each run, and others' are taken early.
 */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid, start] = /^run-(\d+)-(?:(\d*)-)?/.exec(name) ?? [];
    const isAbandoned = pid !== undefined && !(isAlive(Number(pid)) && startOf(Number(pid)) === start);
    if (isAbandoned) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/**
 * Makes a folder and those above it, as `mkdir -p` does, each with `mode`.
 * (Node's own never ends where a folder that is there takes no other: as in /proc, which says ENOENT.)
 * @throws the system's error
 */
export function makeFolders(path: string, mode?: number): void {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && existsSync(`${path}/.`)) return;
    const parent = dirname(path);
    if (errnoOf(error) !== 'ENOENT' || parent === path || existsSync(parent)) throw error;
    makeFolders(parent, mode);
    makeFolders(path, mode);
  }
}

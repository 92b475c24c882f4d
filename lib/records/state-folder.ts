// The backup's own folder below $XDG_STATE_HOME: a copy of the last tree, the journal of a run, and a run's temporary
// files. If it is lost, the next run downloads the tree.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BackupError, describeError, errnoOf } from '../cli/errors.js';
import { xdgFolder } from '../cli/user-folders.js';
import { startOf } from './process-start.js';

export interface StateFolder {
  /** The folders that are not backed up, since they change during the run; paths without links. */
  readonly ownFolders: readonly string[];
  /** The file with the copy of the tree; `undefined` if no state can be kept. */
  readonly treeCopy: string | undefined;
  /** The folder of the journal: see journal.ts. */
  readonly journal: string | undefined;
  /** The folder for records and trees of earlier runs that a command has downloaded. */
  readonly history: string | undefined;
  /** The file with the warnings that runs have given: see given-warnings.ts. */
  readonly givenWarnings: string | undefined;
  /** The run's temporary folder; empty, mode 0700. */
  readonly runFolder: string;
  /** Removes `runFolder`. */
  remove(): void;
}

/** Identifies a backup; the environment has the place of its state folder. */
interface BackupIdentity {
  readonly endpointUrl: string | undefined;
  readonly bucket: string;
  readonly prefix: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * @param identity a config, for example
 * @param keepsState whether files may stay on disk after the run
 * @throws {BackupError} if not even a temporary folder can be made
 */
export function openStateFolder(identity: BackupIdentity, keepsState: boolean): StateFolder {
  const { environment } = identity;
  const folder = folderOf(identity);
  try {
    if (keepsState && folder !== undefined) {
      makeFolders(folder, 0o700);
      removeAbandoned(folder);
      return { ...placesIn(folder), ownFolders: existingStateHome(environment), ...makeRunFolder(folder) };
    }
  } catch {
    // A read-only system, for example: the run gets a temporary folder.
  }
  try {
    const made = makeRunFolder(realpathSync(tmpdir()));
    // A dry run excludes what a run would exclude.
    const ownFolders = [made.runFolder, ...(keepsState ? [] : existingStateHome(environment))];
    return { ...placesIn(keepsState ? undefined : folder), ownFolders, ...made };
  } catch (error) {
    throw new BackupError(`Can't make a temporary folder in "${tmpdir()}": ${describeError(error)}.`, {
      hint: 'Set XDG_STATE_HOME to a folder that this user may write to.',
    });
  }
}

/** The path of the tree's copy, whether it exists or not; `undefined` without a home folder. */
export function treeCopyOf(identity: BackupIdentity): string | undefined {
  return placesIn(folderOf(identity)).treeCopy;
}

function placesIn(
  folder: string | undefined,
): Pick<StateFolder, 'treeCopy' | 'journal' | 'history' | 'givenWarnings'> {
  const at = (name: string) => (folder === undefined ? undefined : join(folder, name));
  return {
    treeCopy: at('tree.ndjson.gz'),
    journal: at('unfinished'),
    history: at('history'),
    givenWarnings: at('warnings'),
  };
}

function folderOf({ endpointUrl, bucket, prefix, environment }: BackupIdentity): string | undefined {
  const home = stateHome(environment);
  const identity = [endpointUrl ?? '', bucket, prefix].join('\n');
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return home === undefined ? undefined : join(home, name);
}

/** The folder of all state folders, without links; empty if it does not exist. */
export function existingStateHome(environment: NodeJS.ProcessEnv): string[] {
  const home = stateHome(environment);
  return home === undefined || !existsSync(home) ? [] : [realpathSync(home)];
}

/** The folder of all state folders; `undefined` without a home folder. */
export function stateHome(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = xdgFolder('XDG_STATE_HOME', environment);
  return folder && join(folder, 'encrypted-s3-backup');
}

function makeRunFolder(parent: string): Pick<StateFolder, 'runFolder' | 'remove'> {
  // Mode 0700, as mkdtemp(3) makes it.
  const runFolder = mkdtempSync(join(parent, `run-${process.pid}-${startOf(process.pid)}-`));
  return { runFolder, remove: () => rmSync(runFolder, { recursive: true, force: true }) };
}

/** Moves a file out of the run's folder, with mode 0600: the AWS CLI makes files that everybody may read. */
export function keepPrivately(file: string, place: string): void {
  chmodSync(file, 0o600);
  renameSync(file, place);
}

/** A system error about the run's folder, in words for the user. @returns any other error as it is */
export function explainStateError(error: unknown, { runFolder, journal }: StateFolder): unknown {
  const errno = errnoOf(error);
  const path = error instanceof Error && 'path' in error ? `${error.path}` : '';
  const isThere = [runFolder, journal].some((folder) => folder !== undefined && path.startsWith(folder));
  if (errno === undefined || !(isThere || errno === 'ENOSPC' || errno === 'EDQUOT')) return error;
  return new BackupError(`The run can't use its folder "${runFolder}": ${describeError(error)}.`, {
    hint: 'Leave that folder alone during a run, and check the space on its disk. Then run the command again.',
    cause: error,
  });
}

/**
 * Removes the folders of killed runs. The lock does not prove that a run has ended: another config of the same backup
 * may name another lock. The PID alone does not either: it is the same for each run in a container, and a machine
 * reuses PIDs.
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
 * Makes a folder and those above it, as `mkdir -p` does, each with `mode`. (Node's own `recursive` never returns where
 * a folder exists and answers ENOENT to mkdir, as /proc does.)
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

// A folder of this backup's own below $XDG_STATE_HOME: a copy of the last tree, and what a run keeps aside. It
// can be lost at any time; then the tree is downloaded.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import tmp from 'tmp';
import { BackupError, wordsOf } from '../errors.js';

export interface StateFolder {
  /** Where the copy of the tree is kept; `undefined` if there is no place to keep anything. */
  readonly treeCopy: string | undefined;
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
  const folder = stateHome(environment, identity);
  if (keepsState) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      removeAbandoned(folder);
      return { treeCopy: join(folder, 'tree.ndjson.gz'), ...makeRunFolder(folder) };
    } catch {
      // Without HOME, or on a read-only system: a temporary folder will do.
    }
  }
  try {
    return { treeCopy: keepsState ? undefined : join(folder, 'tree.ndjson.gz'), ...makeRunFolder(tmpdir()) };
  } catch (error) {
    throw new BackupError(`No folder for the run's notes can be made in "${tmpdir()}": ${wordsOf(error)}.`, {
      hint: 'Set XDG_STATE_HOME to a folder that this user may write to.',
    });
  }
}

/** The XDG base directories' rule: a relative path does not count. */
function stateHome(environment: NodeJS.ProcessEnv, identity: readonly string[]): string {
  const configured = environment['XDG_STATE_HOME'] ?? '';
  const home = isAbsolute(configured) ? configured : join(environment['HOME'] || homedir(), '.local/state');
  const name = createHash('sha256').update(identity.join('\n')).digest('hex').slice(0, 16);
  return join(home, 'encrypted-s3-backup', name);
}

function makeRunFolder(parent: string): Pick<StateFolder, 'runFolder' | 'remove'> {
  const made = tmp.dirSync({ tmpdir: parent, template: `run-${process.pid}-XXXXXX`, mode: 0o700 });
  return { runFolder: made.name, remove: () => rmSync(made.name, { recursive: true, force: true }) };
}

/** What killed runs have left. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

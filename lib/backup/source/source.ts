// Whose backup it is: what one source has stored is never deleted or replaced by a run of another.
import { hostname } from 'node:os';
import { BackupError } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';

/** What a backup is of, as the record of a run tells. */
export interface Source {
  /** HOST_ID, or the name of the host. */
  readonly host: string;
  /** The directory behind LOCAL_DIR: an absolute path, links resolved. */
  readonly localDir: string;
}

/** @param hostId HOST_ID, if it is set */
export function sourceOf(hostId: string | undefined, localDir: string): Source {
  return { host: hostId ?? hostname(), localDir };
}

/**
 * To be asked before anything is changed.
 * @param last the record of the last run; `undefined` if there is none
 * @param adopts whether the user says that this source takes the backup over
 * @throws {BackupError} with exit code 4 if the last run was of another source
 */
export function assertSameSource(last: Partial<Source> | undefined, now: Source, adopts: boolean): void {
  if (last === undefined || adopts || isSameSource(last, now)) return;
  throw otherSource(last, now);
}

/** Whether the last run was of this source. What its record does not tell is no difference. */
export function isSameSource(last: Partial<Source>, now: Source): boolean {
  const { host = now.host, localDir = now.localDir } = last;
  return host === now.host && localDir === now.localDir;
}

function otherSource(last: Partial<Source>, now: Source): BackupError {
  const isOtherHost = last.host !== undefined && last.host !== now.host;
  const steps = [
    'To back up both, give each a REMOTE_DIR_PREFIX of its own.',
    'If this one takes the backup over, run it once with --adopt.',
    ...(isOtherHost ? ["Where the host's name changes by nature, set HOST_ID in the config."] : []),
  ];
  return new BackupError(
    `This backup's last run was of ${named(last)}; this one is of ${named(now)}. Nothing was changed.`,
    { exitCode: exitCode.refused, hint: steps.join(' ') },
  );
}

function named({ host, localDir }: Partial<Source>): string {
  const where = localDir === undefined ? 'a folder' : `"${localDir}"`;
  return host === undefined ? where : `${where} on host "${host}"`;
}

// The source of a backup: a run of one source never deletes or replaces the objects of another one.
import { hostname } from 'node:os';
import { BackupError } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';

/** What is backed up, as in the record of a run. */
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
 * Must be called before anything is changed.
 * @param last the record of the last run; `undefined` if there is none
 * @param adopts --adopt: this source takes the backup over
 * @throws {BackupError} with exit code 4 if the last run was of another source
 */
export function assertSameSource(last: Partial<Source> | undefined, now: Source, adopts: boolean): void {
  if (last === undefined || adopts || isSameSource(last, now)) return;
  const isOtherHost = last.host !== undefined && last.host !== now.host;
  const steps = [
    'To back up both, give each its own REMOTE_DIR_PREFIX.',
    'If this one takes the backup over, run it once with --adopt.',
    ...(isOtherHost ? ["If the host's name changes from run to run, set HOST_ID in the config."] : []),
  ];
  throw new BackupError(
    `This backup's last run was of ${describe(last)}; this one is of ${describe(now)}. Nothing was changed.`,
    { exitCode: exitCode.refused, hint: steps.join(' ') },
  );
}

/** Whether the last run was of this source. A member that its record lacks is not a difference. */
export function isSameSource(last: Partial<Source>, now: Source): boolean {
  const { host = now.host, localDir = now.localDir } = last;
  return host === now.host && localDir === now.localDir;
}

function describe({ host, localDir }: Partial<Source>): string {
  const where = localDir === undefined ? 'a folder' : `"${localDir}"`;
  return host === undefined ? where : `${where} on host "${host}"`;
}

// How systemd confines a run, and where the run must be able to write.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeFolderOf } from '../../cli/user-folders.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { isCommand } from '../../config/checks.js';
import { stateHome } from '../../records/state-folder.js';

export interface Confinement {
  /**
   * What is read-only: everything except `writable`; only /usr, /boot and /etc if a hook is a command; nothing if `aws`
   * is a snap, which needs its own confinement to start.
   */
  readonly readOnly: 'all' | 'system' | 'nothing';
  /** The folders in which a run writes. */
  readonly writable: readonly string[];
  /** Whether the run gets its own /tmp. */
  readonly hasPrivateTmp: boolean;
}

const TEMPORARY = ['/tmp', '/var/tmp'];

/** @param aws the program; `undefined` if there is none */
export function confinementOf(
  config: BackupConfig,
  configFile: string,
  aws: string | undefined,
): Confinement {
  const { localDir, localLock, localList, metricsFile, hooks, environment } = config;
  const home = homeFolderOf(environment);
  const state = stateHome(environment);
  const written = [localLock, localList, metricsFile].filter((file) => file !== undefined);
  const writable = [
    ...(state === undefined ? [] : [state]),
    // The AWS CLI keeps the credentials of roles there.
    ...(home === undefined ? [] : [join(home, '.aws')]),
    ...written.map((file) => dirname(file)).filter((folder) => folder !== '/dev'),
  ];
  const hasPrivateTmp = ![localDir, configFile, ...writable].some((path) => TEMPORARY.some(meets(path)));
  const hasCommands = Object.values(hooks).some((hook) => hook !== undefined && isCommand(hook));
  return {
    readOnly: isSnap(aws) ? 'nothing' : hasCommands ? 'system' : 'all',
    writable: [...new Set([...writable, ...(hasPrivateTmp ? [] : TEMPORARY)])],
    hasPrivateTmp,
  };
}

/** Whether one of the two contains the other. */
function meets(path: string): (folder: string) => boolean {
  return (folder) => isBelow(path, folder) || isBelow(folder, path);
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function isSnap(program: string | undefined): boolean {
  return program !== undefined && realpathSync(program) === '/usr/bin/snap';
}

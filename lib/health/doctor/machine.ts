// Checks what a run needs on this machine besides LOCAL_DIR: its lock, places to write to, space, syslog, hooks.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import { describeError, shellQuote } from '../../cli/errors.js';
import { findProgram } from '../../cli/find-program.js';
import { formatBytes } from '../../cli/units/quantities.js';
import { formatTime } from '../../cli/units/times.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { findLockHolder, type LockHolder } from '../../records/lock/lock-holder.js';
import { stateHome } from '../../records/state-folder.js';
import { type Finding, failed, failedBy, ok, warning } from './finding.js';
import { addToConfig, editConfig } from './remedies.js';

/** Bytes: a run keeps lists and the new tree in its folder, some hundred bytes a file. */
const MIN_ROOM = 100 * 1024 ** 2;
const SYSLOG = '/dev/log';
/** For a user without a home folder. */
const STATE_HOME = '/var/lib/encrypted-s3-backup';
const PING = 'https://hc-ping.com/UUID';

export function checkMachine(config: BackupConfig): Finding[] {
  const { localLock, metricsFile, environment, hooks, hooksRefusal, configFile } = config;
  const state = stateHome(environment);
  return [
    judgeLock(localLock, findLockHolder(localLock), whyNotWritable(localLock), configFile),
    judgeStateFolder(state, configFile),
    judgeRoom(roomIn([tmpdir(), ...(state === undefined ? [] : [state])])),
    judgeSyslog(existsSync(SYSLOG), findProgram('logger', process.env['PATH']) !== undefined),
    ...(metricsFile === undefined
      ? []
      : [judgeMetricsFile(metricsFile, whyNotWritable(metricsFile), configFile)]),
    hooksRefusal === undefined ? judgeHooks(hooks, configFile) : failedBy('hooks', hooksRefusal),
  ];
}

/** @param problem why the file can't be opened or created; `undefined` if it can */
export function judgeLock(
  file: string,
  holder: LockHolder | undefined,
  problem: string | undefined,
  configFile: string,
): Finding {
  if (problem !== undefined)
    return failed(
      'lock',
      `the lock file "${file}" can't be used: ${problem}`,
      addToConfig(configFile, `LOCAL_LOCK=~/.${basename(file).replaceAll(/[^\w.-]/g, '-')}`),
    );
  if (holder === undefined) return ok('lock', `free: ${file}`);
  const { pid, program, since } = holder;
  return ok('lock', `held by PID ${pid} (${program}) since ${formatTime(since)}: a run is going on`);
}

function judgeStateFolder(folder: string | undefined, configFile: string): Finding {
  const part = folder && existingPart(folder);
  const isInTheWay = part !== undefined && !statSync(part).isDirectory();
  const problem = isInTheWay ? `"${part}" is not a folder` : part && whyNotWritable(part);
  if (folder !== undefined && problem === undefined) return ok('state folder', folder);
  const why = folder === undefined ? 'this user has no home folder' : `"${folder}" can't be used: ${problem}`;
  return warning(
    'state folder',
    `${why}; each run downloads the last tree, and an interrupted one begins again`,
    folder === undefined || isInTheWay
      ? `${makeFolder(STATE_HOME)} && ${addToConfig(configFile, `export XDG_STATE_HOME=${STATE_HOME}`)}`
      : makeFolder(folder),
  );
}

interface Room {
  readonly folder: string;
  /** Bytes that this user may still use. */
  readonly free: number;
}

export function judgeRoom({ folder, free }: Room): Finding {
  const text = `${formatBytes(free)} for what a run keeps in "${folder}" meanwhile`;
  if (free >= MIN_ROOM) return ok('room', text);
  return warning(
    'room',
    `only ${text}; this shows what takes the space`,
    `du -xh --max-depth=2 ${shellQuote(folder)} | sort -h`,
  );
}

/** The folder that a run writes to with the least space. */
function roomIn(folders: readonly string[]): Room {
  const rooms = folders.map((folder) => {
    const { bavail, bsize } = statfsSync(existingPart(folder));
    return { folder, free: bavail * bsize };
  });
  return rooms.reduce((least, room) => (room.free < least.free ? room : least));
}

export function judgeSyslog(hasSocket: boolean, hasLogger: boolean): Finding {
  if (hasSocket) return ok('syslog', 'takes messages: journalctl -t encrypted-s3-sync');
  const why = hasLogger ? `there is no "${SYSLOG}"` : `there is neither "${SYSLOG}" nor the program "logger"`;
  return warning(
    'syslog',
    `${why}: runs are logged nowhere; warnings and errors are still printed`,
    'apt install rsyslog',
  );
}

function judgeMetricsFile(file: string, problem: string | undefined, configFile: string): Finding {
  if (problem === undefined) return ok('metrics file', file);
  return warning(
    'metrics file',
    `"${file}" can't be written: ${problem}; set METRICS_FILE to one in a folder that this user may write to`,
    editConfig(configFile),
  );
}

export function judgeHooks(
  { onStart, onSuccess, onWarning, onFailure }: BackupConfig['hooks'],
  file: string,
): Finding {
  const hooks = Object.entries({
    ON_START: onStart,
    ON_SUCCESS: onSuccess,
    ON_WARNING: onWarning,
    ON_FAILURE: onFailure,
  });
  const names = hooks.flatMap(([name, hook]) => (hook === undefined ? [] : [name]));
  if (onSuccess !== undefined || onFailure !== undefined)
    return ok(
      'hooks',
      `${names.join(', ')}; to fire them: encrypted-s3 doctor --test-hooks ${shellQuote(file)}`,
    );
  return warning(
    'hooks',
    'nobody is notified when a run fails, or when runs stop. A service can expect a ping: insert the UUID that healthchecks.io gives you',
    addToConfig(file, `ON_SUCCESS=${PING}`, `ON_FAILURE=${PING}/fail`),
  );
}

/** The command for a private folder of this user, even if only root may write above it. */
function makeFolder(folder: string): string {
  return `sudo install -d -m 700 -o "$(id -un)" ${shellQuote(folder)}`;
}

/** Why a file or folder can't be written or created. */
function whyNotWritable(path: string): string | undefined {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}

/** The path, or the nearest one above it that exists. */
function existingPart(path: string): string {
  return existsSync(path) ? path : existingPart(dirname(path));
}

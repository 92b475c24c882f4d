// What a run needs of this machine beside LOCAL_DIR: its lock, places to write to, room, syslog, somebody to tell.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { describeError, shellQuote } from '../../cli/errors.js';
import { findProgram } from '../../cli/find-program.js';
import { formatBytes } from '../../cli/units/quantities.js';
import { formatTime } from '../../cli/units/times.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { findLockHolder, type LockHolder } from '../../records/lock/lock-holder.js';
import { stateHome } from '../../records/state-folder.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** Bytes: a run keeps lists and the new tree in its folder, some hundred bytes a file. */
const MIN_ROOM = 100 * 1024 ** 2;
const SYSLOG = '/dev/log';

export function checkMachine(config: BackupConfig): Finding[] {
  const { localLock, metricsFile, environment, hooks, file } = config;
  const state = stateHome(environment);
  return [
    judgeLock(localLock, findLockHolder(localLock), whyNotWritable(localLock)),
    judgeStateFolder(state, state === undefined ? undefined : whyNotWritable(existingPart(state))),
    judgeRoom(roomIn([tmpdir(), ...(state === undefined ? [] : [state])])),
    judgeSyslog(existsSync(SYSLOG), findProgram('logger', process.env['PATH']) !== undefined),
    ...(metricsFile === undefined ? [] : [judgeMetricsFile(metricsFile, whyNotWritable(metricsFile))]),
    judgeHooks(hooks, file),
  ];
}

/** @param problem why the file can't be opened, or made; `undefined` if it can */
export function judgeLock(
  file: string,
  holder: LockHolder | undefined,
  problem: string | undefined,
): Finding {
  if (problem !== undefined)
    return failed(
      'lock',
      `the lock file "${file}" can't be used: ${problem}`,
      'Set LOCAL_LOCK to a file in a folder that exists and that this user may write to.',
    );
  if (holder === undefined) return ok('lock', `free: ${file}`);
  const { pid, program, since } = holder;
  return ok('lock', `held by PID ${pid} (${program}) since ${formatTime(since)}: a run is going on`);
}

function judgeStateFolder(folder: string | undefined, problem: string | undefined): Finding {
  if (folder !== undefined && problem === undefined) return ok('state folder', folder);
  const why = folder === undefined ? 'this user has no home folder' : `"${folder}" can't be used: ${problem}`;
  return warning(
    'state folder',
    `${why}; each run downloads the last tree, and an interrupted one begins again`,
    'In the config, name a folder that this user may write to: export XDG_STATE_HOME=/var/lib/…',
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
    `only ${text}`,
    `See what takes it: du -xh --max-depth=2 ${shellQuote(folder)} | sort -h`,
  );
}

/** Of the places that a run writes to, the one with the least room. */
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
    `${why}: what runs do is noted nowhere; warnings and errors are printed all the same`,
    'apt install rsyslog',
  );
}

function judgeMetricsFile(file: string, problem: string | undefined): Finding {
  if (problem === undefined) return ok('metrics file', file);
  return warning(
    'metrics file',
    `"${file}" can't be written: ${problem}`,
    'Set METRICS_FILE to a file in a folder that exists and that this user may write to.',
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
    'nobody is told when a run fails, or when none happens any more',
    "In the config, have a service expect a ping: ON_SUCCESS='https://hc-ping.com/UUID'; and ON_FAILURE",
  );
}

/** Why a file or folder can't be written, or made in the folder that it would be in. */
function whyNotWritable(path: string): string | undefined {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}

/** The path, or the next one above it that exists. */
function existingPart(path: string): string {
  return existsSync(path) ? path : existingPart(dirname(path));
}

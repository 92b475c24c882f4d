// Who holds a lock, by /proc: it shows the processes of other users to root only, and never those of other machines.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { uptime } from 'node:os';
import { basename, join } from 'node:path';
import { BackupError, shellQuote } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import { formatTime } from '../../cli/units/times.js';
import { startOf } from '../process-start.js';

export interface LockHolder {
  readonly pid: number;
  /** The name of its program, without the arguments, which may contain a key. */
  readonly program: string;
  /** When the process began; ms since the epoch. */
  readonly since: number;
}

/** The kernel's ticks in a second, as programs see them. */
const TICKS = 100;
const INTERPRETER = /^(node|bash|sh|dash|perl|python[\d.]*)$/;

/** The error if another process holds the lock. Its first words are the original's. */
export function heldError(file: string): BackupError {
  const holder = findLockHolder(file);
  const who =
    holder === undefined
      ? ''
      : `: PID ${holder.pid} (${holder.program}), running since ${formatTime(holder.since)}`;
  const other =
    holder === undefined
      ? `Root can see who holds it: fuser -v ${shellQuote(file)}`
      : `If a killed run has left that process, end it: kill ${holder.pid}`;
  return new BackupError(`flock() failed. Another run holds the lock "${file}"${who}.`, {
    exitCode: exitCode.locked,
    hint: `Wait for it to end; encrypted-s3-sync does so with --wait SECONDS. ${other}`,
  });
}

/** The oldest process that holds the flock on a file: a run's children hold it, too. */
export function findLockHolder(file: string): LockHolder | undefined {
  const path = orNothing(() => realpathSync(file)) ?? file;
  const holders = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && holdsFlock(name, path))
    .map((name) => describeProcess(Number(name)));
  return holders.sort((a, b) => a.since - b.since)[0];
}

/** Looks only at the names of open files, since access to a file itself may hang. */
function holdsFlock(pid: string, path: string): boolean {
  const folder = join('/proc', pid, 'fd');
  const descriptors = orNothing(() => readdirSync(folder)) ?? [];
  return descriptors.some((descriptor) => {
    if (orNothing(() => readlinkSync(join(folder, descriptor))) !== path) return false;
    const info = orNothing(() => readFileSync(join('/proc', pid, 'fdinfo', descriptor), 'latin1'));
    return info !== undefined && /^lock:.* FLOCK /m.test(info);
  });
}

function describeProcess(pid: number): LockHolder {
  const words = (orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '').split('\0');
  const [first = '', second = ''] = words.map((word) => basename(word));
  const isScript = INTERPRETER.test(first) && second !== '' && !second.startsWith('-');
  const secondsAgo = uptime() - Number(startOf(pid)) / TICKS;
  return { pid, program: isScript ? second : first, since: Date.now() - secondsAgo * 1000 };
}

/** `undefined` if the process is another user's, or has ended. */
function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

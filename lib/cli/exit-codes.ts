/** The exit codes of every command; README documents them for scripts and monitoring. */
export const exitCode = {
  done: 0,
  /** Failed, a wrong command line included. */
  failed: 1,
  /** Done, but some files are not in the backup, or a failure has prevented deletions. */
  incomplete: 3,
  /** The guard refused to run, because files would have been lost. */
  refused: 4,
  wrongKey: 5,
  /** The bucket returned something else than what was stored, or returned it without the key. */
  mismatch: 6,
  /** EX_TEMPFAIL of sysexits.h: another run holds the lock. */
  locked: 75,
} as const;

/** The shell's convention for a process that a signal has ended. @param signal its number */
export function exitCodeOfSignal(signal: number): number {
  return 128 + signal;
}

// A finding of the doctor: a line for each precondition of a backup.
import { BackupError } from '../../cli/errors.js';

export type FindingState = 'ok' | 'warning' | 'failed' | 'not checked';

export interface Finding {
  /** The name of the check, in a word or two. */
  readonly check: string;
  readonly state: FindingState;
  /** A clause or sentence; nothing of the encryption key. */
  readonly text: string;
  /** What to do: a command to paste, where there is one. */
  readonly remedy?: string;
}

export function ok(check: string, text: string): Finding {
  return { check, state: 'ok', text };
}

export function warning(check: string, text: string, remedy: string): Finding {
  return { check, state: 'warning', text, remedy };
}

export function failed(check: string, text: string, remedy: string | undefined): Finding {
  return { check, state: 'failed', text, ...(remedy === undefined ? {} : { remedy }) };
}

export function notChecked(check: string, why: string): Finding {
  return { check, state: 'not checked', text: why };
}

/** @throws any error other than a `BackupError` */
export function failedBy(check: string, error: unknown): Finding {
  if (!(error instanceof BackupError)) throw error;
  return failed(check, error.message.replace('aws CLI command failed; aborting! ', ''), error.hint);
}

/** 0; 1 with warnings, 2 with failures. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const has = (state: FindingState) => findings.some((finding) => finding.state === state);
  return has('failed') ? 2 : has('warning') ? 1 : 0;
}

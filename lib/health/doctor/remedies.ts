// What to do about a finding, as commands to paste into a shell.
import { shellQuote } from '../../cli/errors.js';

/** Appends lines to a config: of a setting, the last one counts. @param lines as they are to stand there */
export function addToConfig(file: string, ...lines: readonly string[]): string {
  // The file may end without the end of a line.
  return `printf '\\n%s\\n' ${lines.map(shellQuote).join(' ')} >> ${shellQuote(file)}`;
}

export function editConfig(file: string): string {
  return `\${EDITOR:-vi} ${shellQuote(file)}`;
}

/** A profile of the backup's own, with credentials that last: in one that has others, those would stay. */
export function makeOwnProfile(file: string): string {
  return `aws configure --profile backup && ${addToConfig(file, 'AWS_PROFILE=backup')}`;
}

/** The policy for a user that can't destroy history. */
export function printPolicy(file: string): string {
  return `encrypted-s3 init --iam ${shellQuote(file)}`;
}

export function runBackup(file: string): string {
  return `encrypted-s3 sync ${shellQuote(file)}`;
}

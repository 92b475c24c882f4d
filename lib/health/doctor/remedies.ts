// What to do about a finding, as commands to paste into a shell.
import { shellQuote } from '../../cli/errors.js';

/** Appends lines to a config, where the last line of a setting counts. @param lines as they should be in the file */
export function addToConfig(file: string, ...lines: readonly string[]): string {
  // The file may not end with a newline.
  return `printf '\\n%s\\n' ${lines.map(shellQuote).join(' ')} >> ${shellQuote(file)}`;
}

export function editConfig(file: string): string {
  return `\${EDITOR:-vi} ${shellQuote(file)}`;
}

/** Creates the backup's own profile, since an existing one would keep its other credentials. */
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

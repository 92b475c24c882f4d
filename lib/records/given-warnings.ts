// The warnings that earlier runs have given and that a nightly run does not repeat: one line each, in the state folder.
import { appendFileSync, readFileSync } from 'node:fs';

/** False if the file can't be read. @param warnings without newlines */
export function wereGiven(file: string, warnings: readonly string[]): boolean {
  try {
    const given = readFileSync(file, 'utf8').split('\n');
    return warnings.every((warning) => given.includes(warning));
  } catch {
    return false;
  }
}

/** Does nothing if the file can't be written. */
export function noteGiven(file: string, warnings: readonly string[]): void {
  try {
    appendFileSync(file, warnings.map((warning) => `${warning}\n`).join(''), { mode: 0o600 });
  } catch {
    // A full disk, for example: the next run gives them again.
  }
}

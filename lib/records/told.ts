// What runs have told the user already: a nightly run does not tell it again. One line each, in the state folder.
import { appendFileSync, readFileSync } from 'node:fs';

/** False where nothing can be read. @param facts without newlines */
export function hasBeenTold(file: string, facts: readonly string[]): boolean {
  try {
    const told = readFileSync(file, 'utf8').split('\n');
    return facts.every((fact) => told.includes(fact));
  } catch {
    return false;
  }
}

/** Does nothing where it can't be written. */
export function noteAsTold(file: string, facts: readonly string[]): void {
  try {
    appendFileSync(file, facts.map((fact) => `${fact}\n`).join(''), { mode: 0o600 });
  } catch {
    // A full disk, for example: the next run tells it again.
  }
}

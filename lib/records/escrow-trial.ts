// Notes on this machine when the escrow was last read with its easy-to-remember key. A user who never tries that key
// may have forgotten it when the machine is lost.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AwsCli } from '../aws/aws-cli.js';
import { makeFolders, stateHome } from './state-folder.js';

interface Note {
  /** ISO 8601. */
  readonly at: string;
}

/** Does nothing where the note can't be written. */
export function noteTrialOfEscrow(aws: AwsCli): void {
  const file = noteFile(aws);
  if (file === undefined) return;
  const note: Note = { at: new Date().toISOString() };
  try {
    makeFolders(dirname(file), 0o700);
    writeFileSync(file, `${JSON.stringify(note)}\n`, { mode: 0o600 });
  } catch {
    // A read-only system, for example.
  }
}

/** @returns ms since the epoch; `undefined` if it was never tried on this machine */
export function lastTrialOfEscrow(aws: AwsCli): number | undefined {
  const file = noteFile(aws);
  if (file === undefined) return undefined;
  try {
    return Date.parse((JSON.parse(readFileSync(file, 'utf8')) as Note).at);
  } catch {
    return undefined;
  }
}

/** The note's file. There is one for each bucket, as there is one escrow. */
function noteFile({ endpointUrl, bucket, environment }: AwsCli): string | undefined {
  const home = stateHome(environment);
  const identity = `escrow\n${endpointUrl ?? ''}\n${bucket}`;
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return home === undefined ? undefined : join(home, `escrow-${name}.json`);
}

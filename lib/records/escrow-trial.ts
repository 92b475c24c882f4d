// When the escrow was last got back with its easy-to-remember key, and what it held: a note on this machine. Whoever never
// tries it learns that the easy key is forgotten when the machine is gone.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AwsCli } from '../aws/aws-cli.js';
import { type EncryptionKey, fingerprintOf } from '../secrets/encryption-key.js';
import { makeFolders, stateHome } from './state-folder.js';

export interface EscrowTrial {
  /** ms since the epoch. */
  readonly at: number;
  /** Whether the encryption key at hand came back. */
  readonly isOfThisKey: boolean;
}

interface Note {
  readonly at: string;
  readonly keyFingerprint: string;
}

/** @param encryptionKey what the escrow held. Where nothing can be kept, nothing is. */
export function noteTrialOfEscrow(aws: AwsCli, encryptionKey: EncryptionKey): void {
  const file = noteFile(aws);
  if (file === undefined) return;
  const note: Note = { at: new Date().toISOString(), keyFingerprint: fingerprintOf(encryptionKey) };
  try {
    makeFolders(dirname(file), 0o700);
    writeFileSync(file, `${JSON.stringify(note)}\n`, { mode: 0o600 });
  } catch {
    // A read-only system, for example.
  }
}

/** @returns `undefined` if it was never tried on this machine */
export function lastTrialOfEscrow(aws: AwsCli, encryptionKey: EncryptionKey): EscrowTrial | undefined {
  const file = noteFile(aws);
  if (file === undefined) return undefined;
  try {
    const { at, keyFingerprint } = JSON.parse(readFileSync(file, 'utf8')) as Note;
    return { at: Date.parse(at), isOfThisKey: keyFingerprint === fingerprintOf(encryptionKey) };
  } catch {
    return undefined;
  }
}

/** One for each bucket: so many escrows there are. */
function noteFile({ endpointUrl, bucket, environment }: AwsCli): string | undefined {
  const home = stateHome(environment);
  const identity = `escrow\n${endpointUrl ?? ''}\n${bucket}`;
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return home === undefined ? undefined : join(home, `escrow-${name}.json`);
}

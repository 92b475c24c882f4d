// Which encryption key the escrow holds. A run can't read the escrow without the easy-to-remember key. So a proof is
// stored beside it: an object without secrets, encrypted with the escrowed key. It reveals nothing about the easy key.
import type { AwsCli } from '../aws/aws-cli.js';
import { listFew } from '../aws/bucket.js';
import { inUtc, RESERVED_PREFIX } from '../aws/listing.js';
import { tryKey } from '../aws/sse-c/wrong-key.js';
import type { BackupError } from '../cli/errors.js';

/** The prefix and the file's name with which the original's upload-key backs the escrow up. */
export const ESCROW_PREFIX = `${RESERVED_PREFIX}key/`;
export const ESCROW_FILE = 'data';
export const ESCROW_KEY = ESCROW_PREFIX + ESCROW_FILE;
/** The key of the proof; one listing returns both. */
export const PROOF_KEY = `${ESCROW_KEY}.proof`;

/** The escrow, by the bucket's listing. */
export interface StoredEscrow {
  /** ISO 8601. */
  readonly stored: string;
  /** Whether the proof is not older than the escrow: other programs store an escrow without a proof. */
  readonly hasProof: boolean;
}

/** The escrow as a run found it. */
export interface EscrowState {
  readonly is: 'of this key' | 'of another key' | 'of an unknown key';
  /** When it was stored; ISO 8601. */
  readonly stored: string;
}

/** What a run has found; `not asked` in a quick run. An error says why the bucket gave no answer. */
export type FoundEscrow = EscrowState | 'none' | 'not asked' | BackupError;

/** @throws {AwsError} if the bucket can't be asked */
export async function findEscrow(aws: AwsCli): Promise<StoredEscrow | 'none' | 'no bucket'> {
  const objects = await listFew(aws, ESCROW_KEY, 2);
  if (objects === 'no bucket') return objects;
  const storedAs = (name: string) => objects.find(({ Key }) => Key === name);
  const escrow = storedAs(ESCROW_KEY);
  if (escrow === undefined) return 'none';
  const stored = inUtc(escrow.LastModified ?? '');
  const proven = Date.parse(storedAs(PROOF_KEY)?.LastModified ?? '');
  return { stored, hasProof: proven >= Date.parse(stored) };
}

/**
 * @param known what the last run found
 * @throws {AwsError} if the bucket can't be asked
 */
export async function escrowStateOf(
  aws: AwsCli,
  { stored, hasProof }: StoredEscrow,
  known: EscrowState | undefined,
): Promise<EscrowState> {
  if (known?.stored === stored && known.is !== 'of an unknown key') return known;
  if (!hasProof) return { is: 'of an unknown key', stored };
  const found = await tryKey(aws, { bucket: aws.bucket, key: PROOF_KEY });
  if (found === 'unknown') return { is: 'of an unknown key', stored };
  return { is: found === 'fits' ? 'of this key' : 'of another key', stored };
}

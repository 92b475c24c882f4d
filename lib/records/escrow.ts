// The escrow: the encryption key in one object, the same as the original scripts', encrypted with an easy-to-remember
// key.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { download } from '../aws/arguments/download-arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { bucketExists, missingBucketError } from '../aws/bucket.js';
import { makeBucket, type NewBucket } from '../aws/bucket-settings/change-bucket.js';
import { kindOfAwsError } from '../aws/errors/error-kinds.js';
import { proveSseC } from '../aws/sse-c/prove-sse-c.js';
import { causeOfRefusal } from '../aws/sse-c/wrong-key.js';
import { BackupError, errnoOf } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { Log } from '../cli/log/log.js';
import { type EncryptionKey, fingerprintOf } from '../secrets/encryption-key.js';
import { keyInEscrow } from '../secrets/escrow-text.js';
import { ESCROW_FILE, ESCROW_KEY, findEscrow } from './escrow-state.js';
import { noteTrialOfEscrow } from './escrow-trial.js';
import { storeEscrow, storeProof } from './store.js';

/** The most that is read of an escrow's file (bytes); its text is shorter. */
const MAX_SIZE = 4096;

type Escrowed = { readonly content: string } | 'none' | 'other easy key';

/** Reads the escrow into memory. @throws {AwsError} for a failure with another cause than the object or the easy key */
async function tryToFetch(aws: AwsCli, easyKey: EncryptionKey): Promise<Escrowed> {
  const object = { bucket: aws.bucket, key: ESCROW_KEY };
  const args = download(object, '-');
  const keyed = aws.withKey(easyKey);
  const answer = await keyed.run(args);
  if (answer.exitCode === 0) return { content: answer.stdout };
  if (kindOfAwsError(answer.stderr) === 'not-found') return 'none';
  const cause = await causeOfRefusal(keyed, object, args, answer);
  if (cause === 'wrong key') return 'other easy key';
  throw cause;
}

/**
 * Reads the escrow into memory.
 * @returns its text, which is the encryption key's
 * @throws {BackupError} with exit code 5 if the escrow has another easy key
 */
export async function fetchEscrow(aws: AwsCli, easyKey: EncryptionKey): Promise<string> {
  const escrowed = await tryToFetch(aws, easyKey);
  if (escrowed === 'none') {
    const noBucket = await missingBucketError(aws);
    if (noBucket !== undefined) throw noBucket;
    throw new BackupError(`Download failed: the bucket "${aws.bucket}" holds no backup key.`, {
      hint: 'Check the name of the bucket. encrypted-s3-upload-key stores a key there.',
    });
  }
  if (escrowed === 'other easy key') {
    throw new BackupError('Download failed: the backup key was stored with another easy-to-remember key.', {
      exitCode: exitCode.wrongKey,
      hint: 'Try again. Upper and lower case matter.',
    });
  }
  noteTrialOfEscrow(aws);
  return escrowed.content;
}

/** The backup's encryption key. @throws {BackupError} with exit code 5 if the escrow has another easy key */
export async function fetchEscrowedKey(aws: AwsCli, easyKey: EncryptionKey): Promise<EncryptionKey> {
  return keyInEscrow(await fetchEscrow(aws, easyKey));
}

/** The keys of the escrow, and the bucket to create if it is missing. */
export interface Escrow extends NewBucket {
  readonly encryptionKey: EncryptionKey;
  /** The key that the escrow is encrypted with. */
  readonly easyKey: EncryptionKey;
  readonly storageClass: string;
}

/**
 * Stores the encryption key, unless the bucket has it: first proves that the server honours SSE-C, then stores the key,
 * reads it back, and stores the proof beside it.
 * @param assertReplaceable called if the bucket holds another key, or has another easy key; throws to prevent the
 * overwrite
 * @throws {BackupError} with exit code 6 if the server does not honour SSE-C, or does not give back what was stored
 */
export async function escrowKey(
  aws: AwsCli,
  escrow: Escrow,
  log: Log,
  assertReplaceable: (held: 'other easy key' | 'other key') => Promise<void> | void,
): Promise<void> {
  const { encryptionKey, easyKey, storageClass } = escrow;
  if (!(await bucketExists(aws))) {
    // A warning, since the name may be wrong: the key would not be with its backup.
    log.warn(
      `The bucket "${aws.bucket}" does not exist. Creating it: if the backup has a bucket already, store the key there.`,
    );
    await makeBucket(aws, escrow, (message) => log.info(message));
  }
  const escrowed = await tryToFetch(aws, easyKey);
  if (typeof escrowed === 'object' && isEscrowOf(encryptionKey, escrowed.content)) {
    noteTrialOfEscrow(aws);
    // The original scripts store an escrow without a proof.
    const found = await findEscrow(aws);
    if (typeof found === 'string' || !found.hasProof) await storeProof(aws.withKey(encryptionKey));
    return;
  }
  if (escrowed !== 'none') await assertReplaceable(escrowed === 'other easy key' ? escrowed : 'other key');
  await proveSseC(aws, log);
  await storeEscrow(aws.withKey(easyKey), encryptionKey, storageClass);
  noteTrialOfEscrow(aws);
  await storeProof(aws.withKey(encryptionKey));
}

function isEscrowOf(encryptionKey: EncryptionKey, text: string): boolean {
  try {
    return fingerprintOf(keyInEscrow(text)) === fingerprintOf(encryptionKey);
  } catch (error) {
    if (error instanceof BackupError) return false;
    throw error;
  }
}

/**
 * The encryption key in a folder that holds the text of the escrow and nothing else. The original's upload-key makes
 * such a folder and calls encrypted-s3-sync to back it up below backup.info/key/; this program stores it as the escrow.
 * @throws {BackupError} with exit code 4 for any other folder: nothing else is backed up there
 */
export function readEscrowFolder(folder: string): EncryptionKey {
  try {
    const file = join(folder, ESCROW_FILE);
    const stats = readdirSync(folder).join('/') === ESCROW_FILE ? lstatSync(file) : undefined;
    if (stats?.isFile() && stats.size <= MAX_SIZE) return keyInEscrow(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof BackupError) && errnoOf(error) === undefined) throw error;
  }
  throw new BackupError(
    `LOCAL_DIR "${folder}" does not hold the escrow alone, and nothing else is stored with REMOTE_DIR_PREFIX='backup.info/key'.`,
    {
      exitCode: exitCode.refused,
      hint: 'Choose another REMOTE_DIR_PREFIX. To store the encryption key in the bucket, run encrypted-s3-upload-key.',
    },
  );
}

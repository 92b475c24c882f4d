// The escrowed key: one object, byte-compatible with the original scripts, under a key made of an easy one.

import { download } from '../aws/arguments/download-arguments.js';
import type { BucketObject } from '../aws/arguments/object-arguments.js';
import { putFromStdin } from '../aws/arguments/upload-arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { findObject, missingBucketError } from '../aws/bucket.js';
import { kindOfAwsError } from '../aws/error-kinds.js';
import { RESERVED_PREFIX } from '../aws/listing.js';
import { causeOfRefusal } from '../aws/wrong-key.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { keyInEscrow } from '../secrets/escrow-content.js';

const ESCROW_KEY = `${RESERVED_PREFIX}key/data`;

export function escrowObject(bucket: string): BucketObject {
  return { bucket, key: ESCROW_KEY };
}

/** Whether the key is in the bucket, and whether there is a bucket. */
export function findEscrow(aws: AwsCli): Promise<'found' | 'none' | 'no bucket'> {
  return findObject(aws, ESCROW_KEY);
}

export type Escrowed = { readonly content: string } | 'none' | 'other easy key';

/** Reads the object into memory. @throws {AwsError} if neither the object nor the easy key is to blame */
export async function fetchEscrow(aws: AwsCli, easyKey: EncryptionKey): Promise<Escrowed> {
  const object = escrowObject(aws.bucket);
  const args = download(object, '-');
  const answer = await aws.run(args, { encryptionKey: easyKey });
  if (answer.exitCode === 0) return { content: answer.stdout };
  if (kindOfAwsError(answer.stderr) === 'not-found') return 'none';
  const cause = await causeOfRefusal({ aws, encryptionKey: easyKey }, object, args, answer);
  if (cause === 'wrong key') return 'other easy key';
  throw cause;
}

/**
 * Reads the object into memory.
 * @throws {BackupError} with exit code 5 if `easyKey` is not the one
 */
export async function retrieveEscrow(aws: AwsCli, easyKey: EncryptionKey): Promise<string> {
  const escrowed = await fetchEscrow(aws, easyKey);
  if (escrowed === 'none') {
    const noBucket = await missingBucketError(aws);
    if (noBucket !== undefined) throw noBucket;
    throw new BackupError(`Download failed: the bucket "${aws.bucket}" holds no backup key.`, {
      hint: 'Check the bucket; a key gets there by encrypted-s3-upload-key.',
    });
  }
  if (escrowed === 'other easy key') {
    throw new BackupError(
      'Download failed: this is not the easy-to-remember key that the backup key was stored with.',
      { exitCode: exitCode.wrongKey, hint: 'Try again. Upper and lower case matter.' },
    );
  }
  return escrowed.content;
}

/** The backup's encryption key. @throws {BackupError} with exit code 5 if `easyKey` is not the one */
export async function fetchEscrowedKey(aws: AwsCli, easyKey: EncryptionKey): Promise<EncryptionKey> {
  return keyInEscrow(await retrieveEscrow(aws, easyKey));
}

/** Stores the object; its content goes through the child's standard input. */
export async function storeEscrow(
  aws: AwsCli,
  easyKey: EncryptionKey,
  content: string,
  storageClass: string,
): Promise<void> {
  await aws.runOrThrow(putFromStdin(escrowObject(aws.bucket), storageClass), {
    encryptionKey: easyKey,
    input: content,
  });
}

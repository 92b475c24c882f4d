// Stores what the program keeps below backup.info/: the record and the tree of a run, the escrow, and its proof.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putFromStdin, uploadAll } from '../aws/arguments/upload-arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import type { Remote } from '../aws/remote.js';
import { verifyContent } from '../aws/sse-c/verify-object.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { escrowText } from '../secrets/escrow-text.js';
import { textOfKey } from '../secrets/key-bytes.js';
import { sha256OfFile } from '../tree/streams/sha256.js';
import { ESCROW_KEY, PROOF_KEY } from './escrow-state.js';
import { FETCHED_TREE, type LastRun, RECORD, recordText, runFolderKey, TREE } from './last-run.js';
import { keepPrivately, type StateFolder } from './state-folder.js';

/** For objects that are rewritten often: other classes bill at least 30 days. */
const STORAGE_CLASS = 'STANDARD';
const PROOF = 'Whoever can read this has the encryption key that is escrowed.\n';

/** The tree that a record belongs to. */
export type RecordedTree =
  /** A file to store with the record; it is moved. */
  | { readonly file: string }
  /** The tree that the bucket has, by its checksum. */
  | { readonly sha256: string };

/**
 * Stores the record, with the tree unless that is in the bucket already, and keeps a copy of the tree.
 * @throws {AwsError} if it could not be stored; the bucket then keeps the last one
 */
export async function storeLastRun(
  { aws, prefix }: Remote,
  { treeCopy, runFolder }: StateFolder,
  facts: Omit<LastRun, 'treeSha256'>,
  tree: RecordedTree,
): Promise<void> {
  const stage = join(runFolder, 'record');
  mkdirSync(stage, { mode: 0o700 });
  const staged = join(stage, TREE);
  const isNew = 'file' in tree;
  if (isNew) renameSync(tree.file, staged);
  const treeSha256 = isNew ? await sha256OfFile(staged) : tree.sha256;
  writeFileSync(join(stage, RECORD), recordText({ ...facts, treeSha256 }), { mode: 0o600 });
  const target = { bucket: aws.bucket, prefix: runFolderKey(prefix), storageClass: STORAGE_CLASS };
  await aws.runOrThrow(uploadAll(stage, target));
  if (treeCopy === undefined) return;
  try {
    keepPrivately(isNew ? staged : join(runFolder, FETCHED_TREE), treeCopy);
  } catch {
    // The copy exists already; or something else has its name, and the next run downloads the tree.
  }
}

/**
 * Stores the encryption key, and reads it back.
 * @param aws with the easy-to-remember key
 * @throws {BackupError} with exit code 6 if the server does not give back what was stored
 */
export async function storeEscrow(
  aws: AwsCli,
  encryptionKey: EncryptionKey,
  storageClass: string,
): Promise<void> {
  const object = { bucket: aws.bucket, key: ESCROW_KEY };
  const content = escrowText(textOfKey(encryptionKey));
  await aws.runOrThrow(putFromStdin(object, storageClass), { input: content });
  await verifyContent(aws, object, content);
}

/** Stores the proof, after the escrow: an older proof does not count. @param aws with the escrowed key */
export async function storeProof(aws: AwsCli): Promise<void> {
  const args = putFromStdin({ bucket: aws.bucket, key: PROOF_KEY }, STORAGE_CLASS);
  await aws.runOrThrow(args, { input: PROOF });
}

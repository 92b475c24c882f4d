// Deletes what is proven gone, and nothing else.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deleteObject, deleteObjects } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { type Bytes, bytesOf } from '../tree/bytes.js';
import { isGone } from '../tree/gone.js';
import type { Spool } from './spool.js';

/** S3's limit for one request. */
const BATCH = 1000;
/** What XML, in which the keys of a batch travel, can't hold, or changes on the way. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const NOT_IN_XML = /[\x00-\x1f\x7f\ufffe\uffff]/;

export interface DeletionOptions {
  readonly root: Bytes;
  readonly followSymlinks: boolean;
  readonly prefix: string;
  /** The run's own. */
  readonly folder: string;
}

/**
 * @param gone keys below the prefix, as JSON texts; each is proven anew right before
 * @param onRefused told of a key that the server did not delete, and of its reason
 * @returns how many were deleted
 * @throws {AwsError} if a request failed as a whole
 */
export async function deleteGone(
  aws: AwsCli,
  options: DeletionOptions,
  gone: Spool,
  onRefused: (key: string, why: string) => void,
): Promise<number> {
  const { root, followSymlinks, prefix, folder } = options;
  const isStillGone = (path: string) => isGone(root, bytesOf(path), followSymlinks);
  let deleted = 0;
  let batch: string[] = [];
  for await (const line of gone.lines()) {
    const path = JSON.parse(line) as string;
    if (NOT_IN_XML.test(path)) await deleteOne(path);
    else batch.push(path);
    if (batch.length === BATCH) await deleteBatch();
  }
  await deleteBatch();
  return deleted;

  async function deleteOne(path: string): Promise<void> {
    if (!isStillGone(path)) return;
    await aws.runOrThrow(deleteObject({ bucket: aws.bucket, key: prefix + path }));
    deleted += 1;
  }

  async function deleteBatch(): Promise<void> {
    const keys = batch.filter(isStillGone);
    batch = [];
    if (keys.length === 0) return;
    const file = join(folder, 'delete.json');
    const request = { Objects: keys.map((path) => ({ Key: prefix + path })), Quiet: true };
    writeFileSync(file, JSON.stringify(request), { mode: 0o600 });
    const { stdout } = await aws.runOrThrow(deleteObjects(aws.bucket, file));
    rmSync(file);
    const answer = (stdout.trim() === '' ? {} : JSON.parse(stdout)) as {
      readonly Errors?: readonly {
        readonly Key?: string;
        readonly Code?: string;
        readonly Message?: string;
      }[];
    };
    const errors = answer.Errors ?? [];
    deleted += keys.length - errors.length;
    for (const { Key = '', Code, Message } of errors)
      onRefused(Key, [Code, Message].filter(Boolean).join(': '));
  }
}

// Deletes what is proven gone, and nothing else.
import type { AwsCli } from '../aws/aws-cli.js';
import { deleteAll } from '../aws/batch-deletion.js';
import { mapEach, singly } from '../tree/batches.js';
import { type Bytes, bytesOf } from '../tree/bytes.js';
import { isGone } from '../tree/gone.js';
import { readJson, type Spool } from '../tree/spool.js';

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
  const due = singly(mapEach(readJson<string>(gone), (key) => ({ key: prefix + key })));
  let deleted = 0;
  const results = deleteAll(aws, due, folder, ({ key }) =>
    isGone(root, bytesOf(key.slice(prefix.length)), followSymlinks),
  );
  for await (const { key, refusal } of results) {
    if (refusal === undefined) deleted += 1;
    else onRefused(key, refusal.why);
  }
  return deleted;
}

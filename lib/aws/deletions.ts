// Deletes objects, and removes versions and delete markers: a thousand in one request, or one by one if the server does
// not support that. The linter names the files that may import this.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BucketObject, namesOf } from './arguments/object-arguments.js';
import type { AwsCli } from './aws-cli.js';
import { hintOf } from './errors/error-kinds.js';
import { lacksPermission } from './errors/failed-call.js';

/** The most that S3 takes in one request. */
const BATCH = 1000;
/** Characters in keys that XML can't hold, or alters: a batch is sent as XML. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is for these
const NOT_IN_XML = /[\x00-\x1f\x7f\ufffe\uffff]/;
/** The server has no DeleteObjects, or requires a checksum with it that this AWS CLI does not send. */
const NO_BATCHES =
  /An error occurred \((MissingContentMD5|NotImplemented|XNotImplemented|501|MethodNotAllowed|405)\) when calling/;

export interface Deletion {
  readonly key: string;
  /** The version or delete marker to remove, which can't be undone. Without it, a delete marker is added. */
  readonly versionId?: string;
}

export interface DeletionResult extends Deletion {
  /** `undefined` if it was deleted. */
  readonly refusal?: Refusal;
}

interface Refusal {
  /** S3's error code and its message. */
  readonly why: string;
  readonly hint: string | undefined;
  /** True if S3 names no reason but a missing permission. */
  readonly lacksPermission: boolean;
}

/** The arguments to add a delete marker or, with a version id, to remove that version, which can't be undone. */
export function deleteObject(object: BucketObject): string[] {
  return ['s3api', 'delete-object', ...namesOf(object)];
}

/** @param file JSON for the AWS CLI: keys, with or without version ids */
function deleteObjects(bucket: string, file: string): string[] {
  return ['s3api', 'delete-objects', '--bucket', bucket, '--delete', `file://${file}`, '--output', 'json'];
}

/** S3's answer for one key of a batch. */
interface BatchError {
  readonly Key?: string;
  readonly VersionId?: string;
  readonly Code?: string;
  readonly Message?: string;
}

/**
 * @param folder the run's own, for the requests
 * @param isStillDue called right before a deletion is sent; if it returns false, nothing is deleted
 * @returns a result for each: first those of a batch that were deleted, in the order of `deletions`, then the refused
 * ones
 * @throws {AwsError} if a request fails as a whole
 */
export async function* deleteAll(
  aws: AwsCli,
  deletions: AsyncIterable<Deletion> | Iterable<Deletion>,
  folder: string,
  isStillDue: (deletion: Deletion) => boolean = () => true,
): AsyncGenerator<DeletionResult> {
  const batch: Deletion[] = [];
  let takesBatches = true;
  for await (const deletion of deletions) {
    if (takesBatches && !NOT_IN_XML.test(deletion.key)) batch.push(deletion);
    else {
      // Keeps the order of `deletions`.
      yield* deleteMany(batch.splice(0));
      if (isStillDue(deletion)) yield await deleteOne(aws, deletion);
    }
    if (batch.length < BATCH) continue;
    takesBatches = yield* deleteMany(batch.splice(0));
  }
  yield* deleteMany(batch);

  /** @returns true if the server takes batches */
  async function* deleteMany(many: readonly Deletion[]): AsyncGenerator<DeletionResult, boolean> {
    const results = await deleteBatch(aws, many.filter(isStillDue), folder);
    if (results !== undefined) yield* results;
    else for (const deletion of many) if (isStillDue(deletion)) yield await deleteOne(aws, deletion);
    return results !== undefined;
  }
}

async function deleteOne(aws: AwsCli, deletion: Deletion): Promise<DeletionResult> {
  await aws.runOrThrow(deleteObject({ bucket: aws.bucket, ...deletion }));
  return deletion;
}

/** @returns `undefined` if the server takes no batches */
async function deleteBatch(
  aws: AwsCli,
  batch: readonly Deletion[],
  folder: string,
): Promise<readonly DeletionResult[] | undefined> {
  if (batch.length === 0) return [];
  const file = join(folder, 'delete.json');
  const objects = batch.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  writeFileSync(file, inAscii(JSON.stringify({ Objects: objects, Quiet: true })), { mode: 0o600 });
  const args = deleteObjects(aws.bucket, file);
  const { exitCode, stdout, stderr } = await aws.run(args);
  rmSync(file);
  if (exitCode !== 0 && NO_BATCHES.test(stderr)) return undefined;
  if (exitCode !== 0) throw aws.errorOf(args, { exitCode, stdout, stderr });
  const answer = (stdout.trim() === '' ? {} : JSON.parse(stdout)) as {
    readonly Errors?: readonly BatchError[];
  };
  const refused = (answer.Errors ?? []).map((it) => resultOf(it, aws));
  const isRefused = ({ key, versionId }: Deletion) =>
    refused.some((it) => it.key === key && (it.versionId ?? versionId) === versionId);
  return [...batch.filter((it) => !isRefused(it)), ...refused];
}

/** ASCII is the same in each encoding. The locale or AWS_CLI_FILE_ENCODING decides how the AWS CLI reads the file. */
function inAscii(json: string): string {
  return json.replace(/[\x80-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function resultOf({ Key = '', VersionId, Code, Message = '' }: BatchError, aws: AwsCli): DeletionResult {
  const why = [Code, Message].filter(Boolean).join(': ');
  const failed = { text: why, code: Code, operation: 'DeleteObjects', message: Message };
  const refusal = { why, hint: hintOf(failed, aws), lacksPermission: lacksPermission(failed) };
  return { key: Key, ...(VersionId ? { versionId: VersionId } : {}), refusal };
}

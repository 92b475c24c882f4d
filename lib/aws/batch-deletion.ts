// Deletes objects, versions or delete markers, a thousand a request.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deleteObject, deleteObjects } from './arguments.js';
import type { AwsCli } from './aws-cli.js';

/** S3's limit for one request. */
const BATCH = 1000;
/** What XML, in which the keys of a batch travel, can't hold, or changes on the way. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const NOT_IN_XML = /[\x00-\x1f\x7f\ufffe\uffff]/;

export interface Deletion {
  readonly key: string;
  /** Of the version or delete marker that is removed for good; without it, the object is deleted. */
  readonly versionId?: string;
}

export interface DeletionResult extends Deletion {
  /** Why the server did not; `undefined` if it did. */
  readonly refusal?: Refusal;
}

export interface Refusal {
  /** S3's error code. */
  readonly code: string;
  /** The code and what the server says about it. */
  readonly why: string;
}

/** What S3 answers for a key of a batch. */
interface BatchError {
  readonly Key?: string;
  readonly VersionId?: string;
  readonly Code?: string;
  readonly Message?: string;
}

/**
 * @param folder the run's own, for the request
 * @param isStillDue asked right before a deletion is sent; what is not due any more is left out
 * @returns what became of each, of a batch the refused ones last
 * @throws {AwsError} if a request failed as a whole
 */
export async function* deleteAll(
  aws: AwsCli,
  deletions: AsyncIterable<Deletion>,
  folder: string,
  isStillDue: (deletion: Deletion) => boolean = () => true,
): AsyncGenerator<DeletionResult> {
  let batch: Deletion[] = [];
  for await (const deletion of deletions) {
    if (!NOT_IN_XML.test(deletion.key)) batch.push(deletion);
    else if (isStillDue(deletion)) {
      await aws.runOrThrow(deleteObject({ bucket: aws.bucket, ...deletion }));
      yield deletion;
    }
    if (batch.length < BATCH) continue;
    yield* await deleteBatch(aws, batch.filter(isStillDue), folder);
    batch = [];
  }
  yield* await deleteBatch(aws, batch.filter(isStillDue), folder);
}

async function deleteBatch(
  aws: AwsCli,
  batch: readonly Deletion[],
  folder: string,
): Promise<DeletionResult[]> {
  if (batch.length === 0) return [];
  const file = join(folder, 'delete.json');
  const objects = batch.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  writeFileSync(file, inAscii(JSON.stringify({ Objects: objects, Quiet: true })), { mode: 0o600 });
  const { stdout } = await aws.runOrThrow(deleteObjects(aws.bucket, file));
  rmSync(file);
  const answer = (stdout.trim() === '' ? {} : JSON.parse(stdout)) as {
    readonly Errors?: readonly BatchError[];
  };
  const refused = (answer.Errors ?? []).map(resultOf);
  const isRefused = ({ key, versionId }: Deletion) =>
    refused.some((it) => it.key === key && (it.versionId ?? versionId) === versionId);
  return [...batch.filter((it) => !isRefused(it)), ...refused];
}

/** The AWS CLI reads files as the locale or AWS_CLI_FILE_ENCODING says: the key of another object must not come out. */
function inAscii(json: string): string {
  return json.replace(/[\x80-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function resultOf({ Key = '', VersionId, Code = '', Message }: BatchError): DeletionResult {
  const refusal = { code: Code, why: [Code, Message].filter(Boolean).join(': ') };
  return { key: Key, ...(VersionId ? { versionId: VersionId } : {}), refusal };
}

// restore --verify: reads the restored files, and compares them with the bucket, as many at once as there are
// processors.
import { closeSync, constants, openSync } from 'node:fs';
import { type BucketObject, s3Url } from '../../aws/arguments/object-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { forEachInPool } from '../../cli/concurrency.js';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import { Incomplete } from '../../cli/log/incomplete.js';
import type { Prompt } from '../../cli/prompt.js';
import { formatCount } from '../../cli/units/quantities.js';
import { textOf } from '../../tree/bytes.js';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, type Spool } from '../../tree/streams/spool.js';
import { type Destination, NotRestoredError } from '../destination/destination.js';
import type { PlannedFile } from '../plan/planned-file.js';
import type { RestoreScope } from '../scope.js';
import { type ComparedFile, compareWithBucket } from './compare-with-bucket.js';

/**
 * Reports the files that differ, and those that can't be compared.
 * @param placed lines of `PlannedFile`: the files that were put in place
 * @returns the exit code: done, mismatch, or incomplete if something could not be compared
 */
export async function verifyRestored(
  scope: RestoreScope,
  destination: Destination,
  placed: Spool,
  prompt: Prompt,
): Promise<number> {
  const { log } = scope;
  const verification = new Verification(scope, prompt);
  await forEachInPool(flatten(readJson<PlannedFile>(placed)), async (file) => {
    verification.add(file, await compare(scope, destination, file));
    log.progress(`Verifying: ${verification.count} of ${formatCount(placed.count, 'file')}`);
  });
  log.progress(undefined);
  return verification.report();
}

async function compare(
  scope: RestoreScope,
  destination: Destination,
  file: PlannedFile,
): Promise<ComparedFile> {
  const { key, wanted } = file;
  if (wanted === undefined) return { is: 'unknown', why: 'it is not in the bucket' };
  const { aws, prefix } = scope;
  const object = {
    bucket: aws.bucket,
    key: prefix + textOf(key),
    versionId: wanted.isCurrent ? undefined : wanted.versionId,
  };
  let descriptor: number | undefined;
  try {
    descriptor = destination.withOpen(key, 'file', (path) => openSync(path, constants.O_RDONLY));
    const stored = wanted.isCurrent ? wanted.lastModified : undefined;
    return await compareWithBucket(aws, object, descriptor, stored);
  } catch (error) {
    if (error instanceof NotRestoredError) return { is: 'unknown', why: error.message };
    if (errnoOf(error) === undefined) throw error;
    return { is: 'unknown', why: describeError(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Compares a single file with its object.
 * @param path of the file
 * @param hint what to do if it differs
 * @throws {BackupError} with exit code 6 if it differs
 */
export async function verifyFile(
  aws: AwsCli,
  object: BucketObject,
  path: string,
  prompt: Prompt,
  hint: string,
): Promise<void> {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    const comparison = await compareWithBucket(aws, object, descriptor);
    if (comparison.is === 'unknown')
      throw new BackupError(`The file could not be compared with ${s3Url(object)}: ${comparison.why}.`);
    if (comparison.is === 'different')
      throw new BackupError(`The file is not what the bucket holds: ${s3Url(object)}.`, {
        exitCode: exitCode.mismatch,
        hint,
      });
    prompt.say(
      `Verified by ${comparison.by === 'checksum' ? "the bucket's checksum" : 'reading it again'}.\n`,
    );
  } finally {
    closeSync(descriptor);
  }
}

class Verification {
  readonly #prompt: Prompt;
  readonly #different: Incomplete;
  readonly #unknown: Incomplete;
  readonly #same = { checksum: 0, reading: 0 };

  constructor({ log }: RestoreScope, prompt: Prompt) {
    this.#prompt = prompt;
    [this.#different, this.#unknown] = [new Incomplete(log), new Incomplete(log)];
  }

  get count(): number {
    const { checksum, reading } = this.#same;
    return checksum + reading + this.#different.count + this.#unknown.count;
  }

  add({ key }: PlannedFile, comparison: ComparedFile): void {
    const name = textOf(key);
    if (comparison.is === 'same') this.#same[comparison.by] += 1;
    else if (comparison.is === 'different') {
      this.#different.add(`"${name}" is not what the bucket holds.`);
      this.#different.addHint(
        'Remove it, and restore it again: a file with the same size and mtime would not be fetched. If it differs again, check the disk and the memory.',
      );
    } else this.#unknown.addFailure(name, 'could not be compared with the bucket', comparison.why, name);
  }

  /** @returns the exit code */
  report(): number {
    for (const it of [this.#different, this.#unknown]) it.close();
    const { checksum, reading } = this.#same;
    const ways = `${checksum} by checksums of the bucket, ${reading} by reading them again`;
    this.#prompt.say(`Verified ${formatCount(checksum + reading, 'file')}: ${ways}.\n`);
    if (this.#different.count > 0) return exitCode.mismatch;
    return this.#unknown.count > 0 ? exitCode.incomplete : exitCode.done;
  }
}

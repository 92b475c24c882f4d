// Fetches files by one call of the AWS CLI each, as many at once as there are processors: older versions, names that
// are too long for the bulk, and files that did not arrive in bulk.
import type { Readable } from 'node:stream';
import { download } from '../../aws/arguments/download-arguments.js';
import { s3Url } from '../../aws/arguments/object-arguments.js';
import type { AwsAnswer, AwsCall } from '../../aws/aws-call.js';
import type { AwsError } from '../../aws/errors/aws-error.js';
import { causeOfRefusal } from '../../aws/sse-c/wrong-key.js';
import { forEachInPool } from '../../cli/concurrency.js';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import { formatDuration } from '../../cli/units/quantities.js';
import { textOf } from '../../tree/bytes.js';
import type { PlannedFile } from '../plan/planned-file.js';
import { type FetchContext, runFetch, stopsRestore } from './fetch-call.js';
import { makeSparse, writeSparsely } from './sparse-file.js';

/** Why a file did not arrive. */
export interface FetchFailure {
  /** Ends a sentence. */
  readonly why: string;
  readonly hint?: string | undefined;
}

const MAX_FAILURES_IN_ROW = 100;
const NOT_TRIED = `it did not arrive, and ${MAX_FAILURES_IN_ROW} files before it failed in a row, so it was not tried again`;

export class SingleFetches {
  /** The failures, by the number of the file in the plan. */
  readonly failures = new Map<number, FetchFailure>();
  /** False while the bulk download shows its own progress. */
  showsProgress = true;
  readonly #fetch: FetchContext;
  readonly #total: number;
  readonly #started = Date.now();
  /** How many files an earlier restore has fetched. */
  #found = 0;
  #done = 0;
  #failuresInRow = 0;

  /** @param total how many files are planned, for the progress */
  constructor(fetch: FetchContext, total: number) {
    this.#fetch = fetch;
    this.#total = total;
  }

  /** @throws {AwsError} at a failure that concerns every file */
  async fetchAll(files: AsyncGenerator<PlannedFile>): Promise<void> {
    await forEachInPool(files, (file) => this.#fetchOne(file));
  }

  /**
   * Fetches the files that did not arrive in bulk, even if they are many: the cause may not affect single calls. Gives
   * up only if many single calls fail in a row.
   */
  async fetchMissing(files: AsyncGenerator<PlannedFile>): Promise<void> {
    this.#failuresInRow = 0;
    await forEachInPool(files, async (file) => {
      if (this.#failuresInRow < MAX_FAILURES_IN_ROW) await this.#fetchOne(file);
      else this.failures.set(file.index, { why: NOT_TRIED });
    });
  }

  async #fetchOne(file: PlannedFile): Promise<void> {
    const { aws, prefix, stage, log } = this.#fetch;
    if (stage.findArrived(file) !== undefined) {
      this.#found += 1;
      return;
    }
    const object = { bucket: aws.bucket, key: prefix + textOf(file.key), versionId: file.wanted?.versionId };
    const path = stage.singlePath(file);
    // The AWS CLI writes older versions only to files.
    const isStreamed = file.isSparse === true && object.versionId === undefined;
    const args = download(object, isStreamed ? '-' : path);
    const call = isStreamed ? { output: (content: Readable) => writeSparsely(content, path) } : {};
    const answer = await this.#runUnlessFull(file, args, call);
    if (answer === undefined) return;
    this.#done += 1;
    if (this.showsProgress) log.progress(this.#progress());
    if (answer.exitCode === 0) {
      this.#failuresInRow = 0;
      if (file.isSparse && !isStreamed) await makeSparse(path, aws.interruption);
      stage.keepVersion(file);
      return;
    }
    stage.discard(file);
    if (stopsRestore(answer.stderr)) throw aws.errorOf(args, answer);
    const cause = await causeOfRefusal(aws, object, args, answer);
    if (cause === 'wrong key') {
      this.#fail(file, { why: 'it was stored with another encryption key' }, answer.stderr);
      return;
    }
    if (stopsRestore(cause.detail)) throw cause;
    this.#fail(file, { why: reasonOf(cause), hint: cause.hint }, cause.detail);
  }

  /** `12 of 400 single files, 3 min 20 s left` */
  #progress(): string {
    const left = Math.max(0, this.#total - this.#found - this.#done);
    const seconds = (Date.now() - this.#started) / 1000;
    const time = formatDuration((seconds / this.#done) * left);
    return `${this.#done + this.#found} of ${this.#done + this.#found + left} single files, ${time} left`;
  }

  /** @returns `undefined` if this process could not write the file, which is then discarded and noted as failed */
  async #runUnlessFull(file: PlannedFile, args: string[], call: AwsCall): Promise<AwsAnswer | undefined> {
    try {
      return await runFetch(this.#fetch, args, call);
    } catch (error) {
      if (errnoOf(error) === undefined || error instanceof BackupError) throw error;
      this.#fetch.stage.discard(file);
      this.#fail(file, { why: describeError(error) }, describeError(error));
      return undefined;
    }
  }

  #fail({ key, index }: PlannedFile, failure: FetchFailure, detail: string): void {
    const { aws, prefix, log } = this.#fetch;
    log.info(`${s3Url({ bucket: aws.bucket, key: prefix + textOf(key) })}: ${detail}`);
    this.failures.set(index, failure);
    this.#failuresInRow += 1;
  }
}

function reasonOf({ kind, detail }: AwsError): string {
  if (kind === 'not-found') return 'it is no longer in the bucket';
  return kind === 'disk-full' ? 'no space left on the disk' : detail.replace(/\.$/, '');
}

// Whether the bucket keeps what a run overwrites or deletes there. Versioning may have been suspended since the last run.
import { type BucketAccess, bucketCommand } from '../../aws/arguments/bucket-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { type VersioningStatus, versioningStatus } from '../../aws/bucket.js';
import { BackupError } from '../../cli/errors.js';
import type { Log } from '../../cli/log/log.js';

/** The server's answer, or why there is none. */
export type Versioning =
  | { readonly is: VersioningStatus }
  | { readonly is: 'unknown'; readonly failure: BackupError };

/** What a run is about to do in the bucket. */
export interface BucketChanges {
  /** How many objects it replaces, and how many it deletes. */
  readonly overwritten: number;
  readonly gone: number;
  /** Whether this is the first run of a backup. */
  readonly isFirst: boolean;
}

/** Asks the bucket when the answer is needed, once unless the call fails. */
export class BucketVersioning {
  readonly #aws: AwsCli;
  readonly #log: Log;
  readonly #allowsUnversioned: boolean;
  #answer: Versioning | undefined;
  #hasWarned = false;

  /** @param allowsUnversioned ALLOW_UNVERSIONED_DELETE */
  constructor(aws: AwsCli, log: Log, allowsUnversioned: boolean) {
    this.#aws = aws;
    this.#log = log;
    this.#allowsUnversioned = allowsUnversioned;
  }

  /** @returns `undefined` if the config says that older versions do not matter */
  async fetch(): Promise<Versioning | undefined> {
    if (this.#allowsUnversioned) return undefined;
    return this.#fetch();
  }

  /** Warns, once, that the changes lose older versions. A failed call is no warning. */
  async warnBefore(changes: BucketChanges): Promise<void> {
    if (this.#hasWarned || !isVersioningNeeded(changes, this.#allowsUnversioned)) return;
    const versioning = await this.#fetch();
    if (versioning.is === 'unknown')
      this.#log.info(`Can't ask whether the bucket keeps older versions: ${versioning.failure.message}`);
    const warning = overwriteWarning(versioning, changes, this.#allowsUnversioned, this.#aws);
    this.#hasWarned = warning !== undefined;
    if (warning !== undefined) this.#log.warn(warning);
  }

  async #fetch(): Promise<Versioning> {
    if (this.#answer !== undefined && this.#answer.is !== 'unknown') return this.#answer;
    try {
      this.#answer = { is: await versioningStatus(this.#aws) };
    } catch (failure) {
      if (!(failure instanceof BackupError)) throw failure;
      this.#answer = { is: 'unknown', failure };
    }
    return this.#answer;
  }
}

/** Whether the answer matters to what the run does. A first run asks so that the user knows before others follow. */
export function isVersioningNeeded(
  { overwritten, gone, isFirst }: BucketChanges,
  allowsUnversioned: boolean,
): boolean {
  return isFirst || (!allowsUnversioned && overwritten + gone > 0);
}

/** The warning about what the run overwrites; `undefined` if there is nothing to warn of. */
export function overwriteWarning(
  { is }: Versioning,
  { overwritten, isFirst }: BucketChanges,
  allowsUnversioned: boolean,
  place: BucketAccess,
): string | undefined {
  if (is === 'enabled' || is === 'unknown' || (overwritten === 0 && !isFirst)) return undefined;
  const lost = 'a changed file replaces its object, and the older version is lost';
  const what =
    is === 'suspended'
      ? `Versioning is suspended in the bucket "${place.bucket}": ${lost}. Turn it on again`
      : `The bucket keeps no older versions: ${lost}. Turn versioning on, if the server has it`;
  const or = allowsUnversioned ? '' : `, or set ALLOW_UNVERSIONED_DELETE='yes' if you need no older versions`;
  return `${what}: ${enableVersioningCommand(place)}${or}.`;
}

/** The command that turns versioning on. */
export function enableVersioningCommand(place: BucketAccess): string {
  return `${bucketCommand('put-bucket-versioning', place)} --versioning-configuration Status=Enabled`;
}

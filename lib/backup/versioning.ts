// Whether the bucket keeps older versions. Versioning may have been suspended since the last run.
import { type BucketAccess, bucketCommand } from '../aws/arguments/bucket-arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { type VersioningStatus, versioningStatus } from '../aws/bucket.js';
import { BackupError, orFailure } from '../cli/errors.js';
import type { Log } from '../cli/log/log.js';

/** The server's answer, or its error; `undefined` if the config says that older versions do not matter. */
export type Versioning = VersioningStatus | BackupError | undefined;

/** Asks the bucket when the answer is needed; only once, unless the call fails. */
export class BucketVersioning {
  readonly #aws: AwsCli;
  readonly #log: Log;
  readonly #allowsUnversioned: boolean;
  #answer: Versioning;
  #hasWarned = false;

  /** @param allowsUnversioned ALLOW_UNVERSIONED_DELETE */
  constructor(aws: AwsCli, log: Log, allowsUnversioned: boolean) {
    this.#aws = aws;
    this.#log = log;
    this.#allowsUnversioned = allowsUnversioned;
  }

  async fetch(): Promise<Versioning> {
    return this.#allowsUnversioned ? undefined : this.#fetch();
  }

  /**
   * Warns once that older versions will be lost. A failed call is only logged.
   * @param overwritten how many objects the run is about to replace
   * @param isFirst whether this is the first run of a backup, whose user should know in any case
   */
  async warnBefore(overwritten: number, isFirst: boolean): Promise<void> {
    const isNeeded = isFirst || (overwritten > 0 && !this.#allowsUnversioned);
    if (this.#hasWarned || !isNeeded) return;
    const status = await this.#fetch();
    if (status instanceof BackupError)
      this.#log.info(`Can't ask whether the bucket keeps older versions: ${status.message}`);
    else if (status !== 'enabled') {
      this.#hasWarned = true;
      this.#log.warn(overwriteWarning(status, this.#allowsUnversioned, this.#aws));
    }
  }

  async #fetch(): Promise<VersioningStatus | BackupError> {
    if (this.#answer === undefined || this.#answer instanceof BackupError)
      this.#answer = await orFailure(versioningStatus(this.#aws));
    return this.#answer;
  }
}

/** Warns of lost versions, with the command that turns versioning on. */
export function overwriteWarning(
  status: VersioningStatus,
  allowsUnversioned: boolean,
  place: BucketAccess,
): string {
  const lost = 'a changed file replaces its object, and the older version is lost';
  const what =
    status === 'suspended'
      ? `Versioning is suspended in the bucket "${place.bucket}": ${lost}. Turn it on again`
      : `The bucket keeps no older versions: ${lost}. Turn versioning on, if the server has it`;
  const or = allowsUnversioned ? '' : `, or set ALLOW_UNVERSIONED_DELETE='yes' if you need no older versions`;
  return `${what}: ${enableVersioningCommand(place)}${or}.`;
}

/** The command that turns versioning on. */
export function enableVersioningCommand(place: BucketAccess): string {
  return `${bucketCommand('put-bucket-versioning', place)} --versioning-configuration Status=Enabled`;
}

// Whether the bucket keeps what is overwritten or deleted there. It may have been suspended since the last run.

import { type BucketAccess, bucketCommand } from '../../aws/arguments/bucket-arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { type VersioningStatus, versioningStatus } from '../../aws/bucket.js';
import { BackupError } from '../../cli/errors.js';
import type { Backup } from '../backup.js';

/** What the server says, or why it could not be asked. */
export type Versioning =
  | { readonly is: VersioningStatus }
  | { readonly is: 'unknown'; readonly failure: BackupError };

/** What a run is about to do in the bucket. */
export interface BucketChanges {
  /** How many objects it replaces, and how many it deletes. */
  readonly overwritten: number;
  readonly gone: number;
  /** Whether the bucket was there, and has no record of this backup yet. */
  readonly isFirst: boolean;
  /** ALLOW_UNVERSIONED_DELETE: the user does without older versions. */
  readonly allowsUnversioned: boolean;
}

/** Asks the bucket. A call that fails is an answer like any other. */
export async function fetchVersioning(aws: AwsCli): Promise<Versioning> {
  try {
    return { is: await versioningStatus(aws) };
  } catch (failure) {
    if (failure instanceof BackupError) return { is: 'unknown', failure };
    throw failure;
  }
}

/** Whether the answer matters to what the run does. A first run asks for the sake of those to come. */
export function isVersioningNeeded({
  overwritten,
  gone,
  isFirst,
  allowsUnversioned,
}: BucketChanges): boolean {
  return isFirst || (!allowsUnversioned && overwritten + gone > 0);
}

/** The warning about what the run overwrites, in words for the user; `undefined` if there is nothing to warn of. */
export function overwriteWarning(
  { is }: Versioning,
  { overwritten, isFirst, allowsUnversioned }: BucketChanges,
  place: BucketAccess,
): string | undefined {
  if (is === 'enabled' || is === 'unknown' || (overwritten === 0 && !isFirst)) return undefined;
  const what =
    is === 'suspended'
      ? `Versioning is suspended in the bucket "${place.bucket}": what changes is overwritten there for good. Turn it on again`
      : 'The bucket keeps no older versions of files: what changes is overwritten there for good. Turn versioning on, if the server has it';
  const or = allowsUnversioned ? '' : `, or set ALLOW_UNVERSIONED_DELETE='yes' if you need no older versions`;
  return `${what}: ${enableVersioningCommand(place)}${or}.`;
}

/** The command that turns versioning on. */
export function enableVersioningCommand(place: BucketAccess): string {
  return `${bucketCommand('put-bucket-versioning', place)} --versioning-configuration Status=Enabled`;
}

/** Asks for the bucket's versioning, where something is lost for want of it, and warns. */
export async function warnIfUnversioned(
  { aws, config, log }: Backup,
  changesInBucket: Omit<BucketChanges, 'allowsUnversioned'>,
): Promise<Versioning | undefined> {
  const changes = { ...changesInBucket, allowsUnversioned: config.allowUnversionedDelete };
  if (!isVersioningNeeded(changes)) return undefined;
  const versioning = await fetchVersioning(aws);
  if (versioning.is === 'unknown') {
    const { message } = versioning.failure;
    log.info(`Whether the bucket keeps older versions could not be found out: ${message}`);
  }
  const warning = overwriteWarning(versioning, changes, aws);
  if (warning !== undefined) log.warn(warning);
  return versioning;
}

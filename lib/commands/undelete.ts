// Undeletes files in the bucket by removing their delete markers. Needs no encryption key.
import { join } from 'node:path';
import { s3Url } from '../aws/arguments/object-arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { isVersioned } from '../aws/bucket.js';
import { BackupError, shellQuote } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { printTexts } from '../cli/output/print.js';
import { withPrivateFolder } from '../cli/tmpdir.js';
import { formatTime, timeOrNow } from '../cli/units/times.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import { withLock } from '../records/lock/lock.js';
import { findDeleted, readDeleted, type Undeletion } from '../restore/versions/find-deleted.js';
import { removeMarkers } from '../restore/versions/remove-versions.js';
import { WantedPaths } from '../restore/versions/wanted-paths.js';
import { Spool } from '../tree/streams/spool.js';
import { connectToBucket } from './connection.js';

interface UndeleteRequest {
  /** Relative to LOCAL_DIR or absolute; none for everything. */
  readonly paths: readonly string[];
  /** A point in time: files that were deleted by then stay deleted. */
  readonly at: string | undefined;
  readonly isDry: boolean;
  /** Instead of the config's. */
  readonly profile: string | undefined;
}

/** @returns the exit code: done, or done with files that are still deleted */
export async function undelete(
  configFile: string | undefined,
  request: UndeleteRequest,
  context: CommandContext,
): Promise<number> {
  const { log } = context;
  const time = timeOrNow(request.at);
  const config = await readConfig(configFileOrDefault(configFile), log);
  const wanted = new WantedPaths(request.paths, config.localDir);
  const run = (lockDescriptor?: number): Promise<number> => {
    const settings = { ...config, profile: request.profile ?? config.profile };
    const aws = connectToBucket(settings, context, lockDescriptor);
    const { prefix } = config;
    return withPrivateFolder((tempFolder) =>
      undeleteWanted({ aws, prefix, wanted, time, tempFolder, log }, request.isDry),
    );
  };
  return request.isDry ? run() : withLock(config.localLock, 0, context, run);
}

/** Finds everything before it changes anything. */
async function undeleteWanted(undeletion: Undeletion, isDry: boolean): Promise<number> {
  const { aws, prefix, wanted, time, tempFolder, log } = undeletion;
  const url = s3Url({ bucket: aws.bucket, key: prefix });
  const deleted = new Spool(join(tempFolder, 'deleted'));
  await findDeleted(undeletion, deleted);
  if (wanted.unmatched.length > 0) throw await nothingMatchedError(undeletion, url);
  if (deleted.count === 0) {
    const since = time === undefined ? '' : ` that was deleted after ${formatTime(time)}`;
    log.say(`There is nothing to undelete below ${url}${since}.${await noteOnVersioning(aws)}`);
    return exitCode.done;
  }
  if (isDry) return printDeleted(aws, deleted);
  const refused = await removeMarkers(undeletion, deleted);
  const undeleted = deleted.count - refused;
  if (undeleted > 0) {
    log.say(`${undeleted === 1 ? '1 file is' : `${undeleted} files are`} back in ${url}.`);
    log.say(
      'The next run of encrypted-s3-sync deletes again what is not in LOCAL_DIR: restore it first, with encrypted-s3 restore.',
    );
  }
  return refused === 0 ? exitCode.done : exitCode.incomplete;
}

async function printDeleted(aws: AwsCli, deleted: Spool): Promise<number> {
  const lines = (async function* () {
    for await (const { key } of readDeleted(deleted))
      yield `(dryrun) undelete: ${printable(s3Url({ bucket: aws.bucket, key }))}\n`;
  })();
  await printTexts(lines);
  return exitCode.done;
}

async function nothingMatchedError({ aws, wanted, time }: Undeletion, url: string): Promise<BackupError> {
  const paths = wanted.unmatched.map((path) => `"${path}"`).join(', ');
  const since = time === undefined ? '' : ` after ${formatTime(time)}`;
  return new BackupError(
    `At or below ${paths}, nothing was deleted${since} that the bucket still has a version of. Nothing was changed.${await noteOnVersioning(aws)}`,
    {
      hint: `A PATH is relative to LOCAL_DIR. To see what was deleted when: encrypted-s3-list-versions PROFILE REGION ${shellQuote(url)}`,
    },
  );
}

/** A sentence if the bucket keeps no versions; '' otherwise, also if that is unknown. */
async function noteOnVersioning(aws: AwsCli): Promise<string> {
  try {
    if (await isVersioned(aws)) return '';
    return ` Versioning is not on in the bucket "${aws.bucket}": deletions there can't be undone.`;
  } catch (error) {
    // The user of the backup may not have the right to ask.
    if (error instanceof BackupError) return '';
    throw error;
  }
}

// Brings back in the bucket what was deleted there, by removing delete markers. The encryption key is not used.
import { join } from 'node:path';
import { stderr } from 'node:process';
import { s3Url } from '../aws/arguments/object-arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { isVersioned } from '../aws/bucket.js';
import { BackupError, shellQuote } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log.js';
import type { CommandContext } from '../cli/main.js';
import { OutputClosedError, printTexts } from '../cli/print.js';
import { formatTime, parseTime } from '../cli/times.js';
import { readConfig } from '../config/read-config.js';
import { acquireFlock } from '../records/flock.js';
import { acquireLockFolder } from '../records/lock-folder.js';
import { withPrivateFolder } from '../restore/destination/private-folder.js';
import {
  findDeleted,
  readDeleted,
  removeMarkers,
  type Undeletion,
} from '../restore/versions/delete-markers.js';
import { WantedPaths } from '../restore/wanted-paths.js';
import { Spool } from '../tree/streams/spool.js';
import { connectToBucket } from './connection.js';

export interface UndeleteRequest {
  /** Relative to LOCAL_DIR or absolute; none means everything. */
  readonly paths: readonly string[];
  /** A point in time: what was deleted then already stays deleted. */
  readonly at: string | undefined;
  readonly isDry: boolean;
  /** Instead of the config's. */
  readonly profile: string | undefined;
}

/** @returns the exit code: done, or done with files missing */
export async function undelete(
  configFile: string,
  request: UndeleteRequest,
  context: CommandContext,
): Promise<number> {
  const { log, interruption } = context;
  const time = request.at === undefined ? undefined : parseTime(request.at, new Date());
  const config = await readConfig(configFile);
  for (const warning of config.warnings) log.warn(warning);
  const wanted = new WantedPaths(request.paths, config.localDir);
  const place = { ...config, profile: request.profile ?? config.profile };
  const run = async (lockDescriptor?: number): Promise<number> => {
    const aws = connectToBucket(place, config, context, lockDescriptor);
    const { prefix } = config;
    return withPrivateFolder((folder) =>
      bringBack({ aws, prefix, wanted, time, folder, log }, request.isDry),
    );
  };
  if (request.isDry) return run();
  const flock = await acquireFlock(config.localLock, 0, interruption);
  let release = async () => {};
  try {
    release = await acquireLockFolder(config.localLock, interruption, (message) => log.info(message));
    return await run(flock.descriptor);
  } finally {
    await release();
    flock.release();
  }
}

/** Everything is decided before anything is changed. */
async function bringBack(undeletion: Undeletion, isDry: boolean): Promise<number> {
  const { aws, prefix, wanted, folder } = undeletion;
  const url = s3Url({ bucket: aws.bucket, key: prefix });
  const deleted = new Spool(join(folder, 'deleted'));
  await findDeleted(undeletion, deleted);
  if (wanted.missed.length > 0) throw await inVain(undeletion, url);
  if (deleted.count === 0) {
    const { time } = undeletion;
    const since = time === undefined ? '' : ` that was deleted after ${formatTime(time)}`;
    say(`There is nothing to undelete below ${url}${since}.${await whyNothing(aws)}`);
    return exitCode.done;
  }
  if (isDry) return tell(aws, deleted);
  const { back, refused } = await removeMarkers(undeletion, deleted);
  if (back > 0) {
    say(`${back === 1 ? '1 file is' : `${back} files are`} back in ${url}.`);
    say(
      'The next run of encrypted-s3-sync deletes again there what is not in LOCAL_DIR: restore it first, with encrypted-s3-download-dir or encrypted-s3-download-file.',
    );
  }
  return refused === 0 ? exitCode.done : exitCode.incomplete;
}

async function tell(aws: AwsCli, deleted: Spool): Promise<number> {
  const lines = (async function* () {
    for await (const { key } of readDeleted(deleted))
      yield `(dryrun) undelete: ${printable(s3Url({ bucket: aws.bucket, key }))}\n`;
  })();
  try {
    await printTexts(lines);
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
  return exitCode.done;
}

function say(text: string): void {
  stderr.write(`${printable(text)}\n`);
}

async function inVain({ aws, wanted, time }: Undeletion, url: string): Promise<BackupError> {
  const names = wanted.missed.map((it) => `"${it}"`).join(', ');
  const since = time === undefined ? '' : ` after ${formatTime(time)}`;
  const what = `At or below ${names}, nothing was deleted${since} that the bucket still has a version of.`;
  return new BackupError(`${what} Nothing was changed.${await whyNothing(aws)}`, {
    hint: `A PATH is relative to LOCAL_DIR. What was deleted when: encrypted-s3-list-versions PROFILE REGION ${shellQuote(url)}`,
  });
}

/** As a further sentence; '' if there is no reason that can be known. */
async function whyNothing(aws: AwsCli): Promise<string> {
  try {
    if (await isVersioned(aws)) return '';
    return ` Versioning is not on in the bucket "${aws.bucket}": what is deleted there is gone.`;
  } catch (error) {
    // The backup's own user need not have the right to ask.
    if (error instanceof BackupError) return '';
    throw error;
  }
}

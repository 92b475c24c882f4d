// Makes older versions current again in the bucket by removing newer ones.
import { dirname, join } from 'node:path';
import { stderr } from 'node:process';
import { s3Url } from '../aws/arguments/object-arguments.js';
import { isVersioned } from '../aws/bucket.js';
import { BackupError, ifInterrupted } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { printTexts } from '../cli/output/print.js';
import { Prompt } from '../cli/prompt.js';
import { formatCount } from '../cli/units/quantities.js';
import { formatTime, parseTime } from '../cli/units/times.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import { withLock } from '../records/lock/lock.js';
import { openStateFolder, type StateFolder } from '../records/state-folder.js';
import { fetchTreeAt } from '../restore/plan/find-tree.js';
import { type PlannedRollback, rollBack } from '../restore/versions/roll-back.js';
import { planRollback, type Removal, type RollbackTotals } from '../restore/versions/rollback-plan.js';
import { planRecords } from '../restore/versions/rollback-records.js';
import { planInWords, removalLine } from '../restore/versions/rollback-text.js';
import { WantedPaths } from '../restore/versions/wanted-paths.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, Spool } from '../tree/streams/spool.js';
import { connectToBucket } from './connection.js';

interface RollbackRequest {
  /** Relative to LOCAL_DIR or absolute; none for everything. */
  readonly paths: readonly string[];
  readonly at: string;
  readonly isDry: boolean;
  /** Whether the user has agreed already. */
  readonly isConfirmed: boolean;
  /** Instead of the config's. */
  readonly profile: string | undefined;
  /** The file for the list of removals; `undefined` for one in the state folder. */
  readonly list: string | undefined;
}

/** @returns the exit code: done, or done except for files that are left as they are */
export async function rollback(
  configFile: string | undefined,
  request: RollbackRequest,
  context: CommandContext,
): Promise<number> {
  const { log } = context;
  const time = parseTime(request.at);
  const config = await readConfig(configFileOrDefault(configFile), log);
  const { prefix } = config;
  const wanted = new WantedPaths(request.paths, config.localDir);
  const run = async (lockDescriptor?: number): Promise<number> => {
    const settings = { ...config, profile: request.profile ?? config.profile };
    const aws = connectToBucket(settings, context, lockDescriptor);
    const state = openStateFolder(config, !request.isDry);
    try {
      const scope = { aws, prefix, backupPrefix: prefix, time, wanted, log };
      const files = new Spool(join(state.runFolder, 'removals'));
      await assertVersioned(scope);
      const records = await planRecords(scope);
      const { tree } = await fetchTreeAt(scope, state.runFolder);
      const { totals, left } = await planRollback(scope, tree, files);
      if (wanted.unmatched.length > 0) throw nothingMatchedError(wanted);
      const plan = { ...scope, state, tree, records, files };
      const refused = await carryOut(plan, totals, request, context);
      return left + refused === 0 ? exitCode.done : exitCode.incomplete;
    } finally {
      state.remove();
    }
  };
  return request.isDry ? run() : withLock(config.localLock, 0, context, run);
}

/** @throws {BackupError} if the bucket is not versioned */
async function assertVersioned({ aws }: Pick<PlannedRollback, 'aws'>): Promise<void> {
  if (await isVersioned(aws)) return;
  throw new BackupError(`Versioning is not on in the bucket "${aws.bucket}".`, {
    hint: 'Nothing was changed. Without versioning, the bucket keeps no older versions.',
  });
}

/** In the state folder, named after the time. */
function defaultList({ treeCopy, runFolder }: StateFolder): string {
  const name = `rollback-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.ndjson`;
  if (treeCopy === undefined) {
    throw new BackupError(`There is no state folder for the list of removals: "${runFolder}" is temporary.`, {
      hint: 'Nothing was changed. Give a file for it: --list FILE.',
    });
  }
  return join(dirname(treeCopy), name);
}

/** Shows the plan, asks, and carries it out. @returns how many keys could not be rolled back */
async function carryOut(
  plan: PlannedRollback,
  totals: RollbackTotals,
  request: RollbackRequest,
  { interruption }: CommandContext,
): Promise<number> {
  const { aws, prefix, time, state, log } = plan;
  const url = s3Url({ bucket: aws.bucket, key: prefix });
  if (totals.keys === 0) {
    log.say(`There is nothing to roll back below ${url} to ${formatTime(time)}.`);
    return 0;
  }
  if (request.isDry) await printRemovals(plan);
  const words = [
    `To roll back ${url} to ${formatTime(time)}:`,
    ...planInWords(totals).map((line) => `  ${line}`),
  ];
  const isAsked = !request.isDry && !request.isConfirmed;
  if (!isAsked) for (const line of words) log.say(line);
  if (request.isDry) return 0;
  const list = request.list ?? defaultList(state);
  if (isAsked) await confirm(words, new Prompt(stderr, interruption));
  const refused = await rollBack(plan, list);
  const result = refused === 0 ? 'Rolled back' : 'Rolled back, except for the files above,';
  log.say(`${result} ${formatCount(totals.keys, 'file')}. The removals are listed in ${list}.`);
  log.say(
    'The next run of encrypted-s3-sync uploads the files of LOCAL_DIR again: restore LOCAL_DIR first, with encrypted-s3 restore.',
  );
  return refused;
}

async function confirm(words: readonly string[], prompt: Prompt): Promise<void> {
  for (const line of words) prompt.show(`${printable(line)}\n`);
  const answer = await ifInterrupted('Nothing was changed.', prompt.ask("Type 'yes' to roll back: "));
  if (answer === 'yes') return;
  throw new BackupError('Aborted', { hint: 'Nothing was changed.' });
}

async function printRemovals({ aws, records, files }: PlannedRollback): Promise<void> {
  const lines = (async function* () {
    for (const removal of records) yield removalLine(aws.bucket, removal);
    for await (const removal of flatten(readJson<Removal>(files))) yield removalLine(aws.bucket, removal);
  })();
  await printTexts(lines);
}

function nothingMatchedError(wanted: WantedPaths): BackupError {
  const paths = wanted.unmatched.map((path) => `"${path}"`).join(', ');
  return new BackupError(`The bucket has no versions at or below ${paths}. Nothing was changed.`, {
    hint: 'A PATH is relative to LOCAL_DIR.',
  });
}

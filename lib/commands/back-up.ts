// The steps of a backup run, once the lock is ours.
import { hostname } from 'node:os';
import { makeBucket } from '../aws/bucket.js';
import type { BackupConfig } from '../config/read-config.js';
import { exitCode } from '../exit-codes.js';
import type { CommandContext } from '../main.js';
import { bringUpToDate } from '../run/bring-up-to-date.js';
import { deleteGone } from '../run/deletion.js';
import { whyKept, whyWait } from '../run/deletion-rule.js';
import { type Losses, objection } from '../run/guard.js';
import { storeLastRun } from '../run/last-run.js';
import { checkIdentity } from '../run/local-dir.js';
import { acquireLockFolder } from '../run/lock-folder.js';
import { verifyRandomFile } from '../run/random-file.js';
import { type Findings, readDue } from '../run/reconcile.js';
import type { Run } from '../run/run.js';
import { explainNotes } from '../run/state-folder.js';
import { type Transfer, transfer } from '../run/transfer.js';
import { CHANGED } from '../run/verdicts.js';
import { tryKey } from '../run/verification.js';
import { sideBySide } from '../side-by-side.js';
import { bytesOf, textOf } from '../tree/bytes.js';
import { openRun, type Survey, type SyncOptions, survey } from './survey.js';

/** @returns the exit code: done, or done with files missing */
export async function backUp(
  config: BackupConfig,
  options: SyncOptions,
  context: CommandContext,
): Promise<number> {
  const { log, interruption } = context;
  const info = (message: string) => log.info(message);
  const run = await openRun(config, options, context);
  let release = async () => {};
  try {
    release = await acquireLockFolder(config.localLock, interruption, info);
    log.info(`Starting with config "${config.file}"...`);
    const found = await survey(run);
    const { escrow } = found;
    if (escrow === 'no bucket') {
      await makeBucket(run.aws, { region: config.awsRegion, retentionDays: config.awsRetentionDays }, info);
    }
    const findings = await upload(run, found);
    await refuse(run, findings.losses);
    const deleted = await deleteProven(run, findings, config.allowUnversionedDelete);
    await nameShortfalls(run, findings);
    await sideBySide(record(run, findings, deleted), writeList(run, config.localList));
    tell(run, found, findings);
    if (escrow !== 'found') log.warn('You have not backed up your encryption key, yet.');
    log.info('All done.');
    return run.shortfalls.count === 0 ? exitCode.done : exitCode.incomplete;
  } catch (error) {
    throw explainNotes(error, run.state);
  } finally {
    run.state.remove();
    await release();
  }
}

/** Uploads and verifies; if nothing speaks against it, `aws s3 sync` works while the bucket is listed. */
async function upload(run: Run, { hasRecord, hasTree, stock, findings }: Survey): Promise<Findings> {
  const { aws, key, upload, log } = run;
  const since = Date.parse(run.header.started);
  const verify = async ({ proven }: Findings) =>
    verifyRandomFile(aws, key, upload, proven.items, since, (message) => log.info(message));
  // Following links in circles, the AWS CLI would not come to an end: then the files are sent singly.
  const send = async () =>
    stock.counts.loop > 0 ? undefined : transfer(aws, key, upload, run.shortfalls, log);
  let transferred: Transfer | undefined;
  if (hasTree) {
    await refuse(run, stock.losses, findings);
    const verified = findings.then((before) => (before.proven.items.length > 0 ? verify(before) : undefined));
    [transferred] = await sideBySide(send(), verified);
  } else {
    const { objects, losses } = await findings;
    const { bucket, prefix } = upload;
    if (!hasRecord)
      await tryKey(
        aws,
        key,
        objects.items.map((it) => ({ bucket, key: prefix + textOf(it) })),
      );
    await refuse(run, losses);
    transferred = await send();
  }
  const before = await findings;
  const after = await bringUpToDate(run, before, transferred);
  if (!hasTree || before.proven.items.length === 0) await verify(after);
  return after;
}

/** @param pending what has to end before the run does */
async function refuse({ upload, guard }: Run, losses: Losses, pending?: Promise<unknown>): Promise<void> {
  const refusal = objection(losses, upload.localDir, guard);
  if (refusal === undefined) return;
  await pending?.catch(() => undefined);
  throw refusal;
}

async function nameShortfalls({ upload, shortfalls }: Run, { toSend }: Findings): Promise<void> {
  let hasFailed = false;
  for await (const { path, why } of readDue(toSend)) {
    shortfalls.add(`"${upload.localDir}/${path}" is not in the backup as it is: ${why}.`);
    hasFailed ||= why !== CHANGED;
  }
  if (hasFailed) shortfalls.explain();
}

/** @returns how many were deleted */
async function deleteProven(
  run: Run,
  { gone, missing }: Findings,
  allowsUnversioned: boolean,
): Promise<number> {
  const { aws, upload, state, shortfalls, log } = run;
  const { localDir, prefix, followSymlinks } = upload;
  if (gone.count === 0) return 0;
  await checkIdentity(localDir, run.identity);
  const why = whyWait(missing) ?? (await whyKept(aws, allowsUnversioned));
  if (why !== undefined) {
    log.warn(`${files(gone.count)} gone from "${localDir}", but still in the bucket: ${why}`);
    return 0;
  }
  const options = { root: bytesOf(localDir), followSymlinks, prefix, folder: state.runFolder };
  const deleted = await deleteGone(aws, options, gone, (key, reason) => {
    shortfalls.add(`"${key}" could not be deleted in the bucket: ${reason}.`);
  });
  log.info(`Deleted in the bucket: ${deleted}.`);
  return deleted;
}

function files(count: number): string {
  return count === 1 ? '1 file is' : `${count} files are`;
}

async function record(run: Run, findings: Findings, deleted: number): Promise<void> {
  const { aws, key, upload, header, state, shortfalls } = run;
  const { runId, started, root } = header;
  const facts = {
    runId,
    started,
    ended: new Date().toISOString(),
    host: hostname(),
    localDir: root,
    totals: findings.totals,
    notBackedUp: shortfalls.count,
    deleted,
  };
  await storeLastRun(aws, key, upload.prefix, facts, findings.treeFile, state.treeCopy, state.runFolder);
}

/** Most configs ask for no list: what writes it is loaded only then. */
async function writeList({ aws, upload }: Run, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const { writeLocalList } = await import('../run/local-list.js');
  await writeLocalList(aws, file, upload.prefix);
}

/** What is no error, but worth knowing. */
function tell(run: Run, { stock }: Survey, { kept, vanished, totals }: Findings): void {
  const { log, shortfalls } = run;
  const { counts } = stock;
  shortfalls.close();
  log.info(`In the backup: ${totals.files} files, ${totals.bytes} bytes.`);
  log.info(
    `Not in it: ${counts.link} links, ${counts.special} special files, ${counts.dangling} links that lead nowhere, ${vanished} files that vanished meanwhile.`,
  );
  if (kept > 0) log.info(`${kept} objects are kept whose files are not there, but not provably gone either.`);
}

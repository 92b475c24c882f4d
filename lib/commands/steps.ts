// The steps of a backup run after the survey. What a run in which nothing changed does without is loaded only where it
// is needed.
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { BackupConfig } from '../config/read-config.js';
import { BackupError } from '../errors.js';
import { afterBackup } from '../run/after-backup.js';
import { bringUpToDate } from '../run/bring-up-to-date.js';
import { findEscrow } from '../run/escrow.js';
import { objection, refuse } from '../run/guard.js';
import { storeLastRun } from '../run/last-run.js';
import { verifyRandomFile } from '../run/random-file.js';
import { type Findings, readDue } from '../run/reconcile.js';
import type { Run } from '../run/run.js';
import { type Transfer, transfer } from '../run/transfer.js';
import { CHANGED } from '../run/verdicts.js';
import { tryKey } from '../run/wrong-key.js';
import { sideBySide } from '../side-by-side.js';
import { textOf } from '../tree/bytes.js';
import type { Survey } from './survey.js';

/** Makes the bucket, if there is none. */
export async function provideBucket(
  run: Run,
  { escrow, findings }: Survey,
  config: BackupConfig,
): Promise<void> {
  if (escrow !== 'no bucket') return;
  await findings; // Nothing goes on beside it that a failure would leave behind.
  const { makeBucket } = await import('../aws/bucket.js');
  if (run.state.treeCopy !== undefined && existsSync(run.state.treeCopy)) {
    run.log.warn(
      `The bucket "${run.aws.bucket}" was there at the last run, and is gone with all that was in it: it is made anew.`,
    );
  }
  const { awsRegion: region, awsRetentionDays: retentionDays } = config;
  await makeBucket(run.aws, { region, retentionDays }, (message) => run.log.info(message));
}

export interface Uploaded extends Findings {
  /** Whether `aws s3 sync` has looked at the disk after the walk. */
  readonly hasSynced: boolean;
}

/**
 * Uploads and verifies. Where the walk has found a difference, `aws s3 sync` works while the bucket is listed; where
 * only the listing finds one, after it; where neither does, it is not run. Something that is gone is a difference, too:
 * it may be there under another name, which the walk has passed already.
 */
export async function upload(run: Run, survey: Survey): Promise<Uploaded> {
  const { escrow, hasRecord, hasTree, stock, findings } = survey;
  const { aws, key, upload, log } = run;
  const since = Date.parse(run.header.started);
  const verify = async ({ proven }: Findings) =>
    verifyRandomFile(aws, key, upload, proven.items, since, (message) => log.info(message));
  // Following links in circles, the AWS CLI would not come to an end: then the files are sent singly.
  const mayCircle = stock.counts.loop + stock.counts.excluded > 0;
  const send = async () => (mayCircle ? undefined : transfer(aws, key, upload, run.shortfalls, log));
  let transferred: Transfer | undefined;
  if (hasTree) {
    // The listing has the last word: a run that ended before its record has perhaps deleted what is gone.
    if (objection(stock.losses, upload.localDir, run.guard) !== undefined)
      refuse((await findings).losses, upload.localDir, run.guard);
    const verified = findings.then((before) => (before.proven.items.length > 0 ? verify(before) : undefined));
    const sendIfDue = async () => {
      if (stock.unknown + stock.losses.gone > 0) return send();
      const { awaited, gone } = await findings;
      return awaited.count + gone.count > 0 ? send() : undefined;
    };
    [transferred] = await sideBySide(sendIfDue(), verified);
  } else {
    const { objects, losses } = await findings;
    const { bucket, prefix } = upload;
    if (!hasRecord && escrow !== 'no bucket') {
      const samples = objects.items.map((it) => ({ bucket, key: prefix + textOf(it) }));
      const { warnIfUnversioned } = await import('../run/history.js');
      await sideBySide(tryKey(aws, key, samples), warnIfUnversioned(aws, log));
    }
    refuse(losses, upload.localDir, run.guard);
    transferred = await send();
  }
  const before = await findings;
  const hasSynced = transferred !== undefined;
  if (!hasSynced && before.awaited.count + before.toSend.count === 0)
    log.info('Nothing to upload. Transferred 0 files.');
  const after = await bringUpToDate(run, before, transferred);
  if (!hasTree || before.proven.items.length === 0) await verify(after);
  // What is gone since then is perhaps there under another name, for which nothing has looked: the next run deletes it.
  // The guard looks at all of it: a disk may have been unmounted meanwhile.
  const { gone } = before;
  return { ...after, gone, kept: after.kept + Math.max(0, after.gone.count - gone.count), hasSynced };
}

export async function nameShortfalls({ upload, shortfalls }: Run, { toSend }: Findings): Promise<void> {
  let hasFailed = false;
  for await (const { path, why } of readDue(toSend)) {
    shortfalls.add(`"${upload.localDir}/${path}" is not in the backup as it is: ${why}.`);
    hasFailed ||= why !== CHANGED;
  }
  if (hasFailed) shortfalls.explain();
}

/** @returns how many were deleted */
export async function deleteProven(
  run: Run,
  uploaded: Uploaded,
  allowsUnversioned: boolean,
): Promise<number> {
  if (uploaded.gone.count === 0) {
    refuse(uploaded.losses, run.upload.localDir, run.guard);
    return 0;
  }
  const { deleteWhatIsGone } = await import('./delete-what-is-gone.js');
  return deleteWhatIsGone(run, uploaded, allowsUnversioned);
}

/** Stores the record of the run and its tree. */
export async function record(run: Run, findings: Findings, deleted: number): Promise<void> {
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
export async function writeList({ aws, upload }: Run, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const [{ writeLocalList }, { adoptTimeZone }] = await Promise.all([
    import('../run/local-list.js'),
    import('../restore/time-zone.js'),
  ]);
  adoptTimeZone();
  await writeLocalList(aws, file, upload.prefix);
}

/** Whether the key is in the bucket, where it can be had without this machine. */
export async function isEscrowed({ aws }: Run, { escrow }: Survey): Promise<boolean> {
  if (escrow !== 'not asked') return escrow === 'found';
  try {
    return (await findEscrow(aws)) === 'found';
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    throw afterBackup('whether its key is in the bucket could not be found out', error);
  }
}

/** What is no error, but worth knowing. */
export function tell(run: Run, { stock }: Survey, { kept, vanished, totals }: Findings): void {
  const { log, shortfalls } = run;
  const { counts } = stock;
  shortfalls.close();
  log.info(`In the backup: ${totals.files} files, ${totals.bytes} bytes.`);
  log.info(
    `Not in it: ${counts.link} links, ${counts.special} special files, ${counts.dangling} links that lead nowhere, ${vanished} files that vanished meanwhile.`,
  );
  if (kept === 0) return;
  const sentence = `${kept} objects are kept whose files are not there, but not provably gone either`;
  if (counts.dangling === 0) log.info(`${sentence}.`);
  // As when a disk that a link leads to is not mounted.
  else log.warn(`${sentence}: they may be behind links that lead nowhere, which syslog names.`);
}

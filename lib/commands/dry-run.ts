// Prints what a run would do, and changes nothing in the bucket or on disk.

import { s3Url } from '../aws/arguments/object-arguments.js';
import type { StoredObject } from '../aws/listing.js';
import type { Backup } from '../backup/backup.js';
import { type Comparison, compareAfterUpload, type OnDue } from '../backup/check/compare.js';
import { findReasonToKeep } from '../backup/delete/why-kept.js';
import { reportKept } from '../backup/delete.js';
import { listBeforeUpload, needsListing } from '../backup/find-due.js';
import { assertLossesAllowed } from '../backup/guard/losses.js';
import { reportMassChange } from '../backup/guard/mass-change.js';
import { assertNotMassDeletion } from '../backup/guard.js';
import { reportObstacles } from '../backup/obstacles.js';
import { type DraftLine, readDraft } from '../backup/scan/draft.js';
import { fetchLastRunAndScan, type Start } from '../backup/start.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import { printTexts } from '../cli/output/print.js';
import { textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, type Spool } from '../tree/streams/spool.js';
import { entryOfLine } from '../tree/tree-file.js';
import { describeExcluded } from './dry-run-excluded.js';

/** @returns the exit code of the run, as far as that is known before it */
export async function dryRun(backup: Backup): Promise<number> {
  const { incomplete } = backup;
  const start = await fetchLastRunAndScan(backup);
  const uploads = backup.spool('uploads');
  const listed = await compare(backup, start, (line, object) => uploads.write(describeUpload(line, object)));
  uploads.close();
  await reportObstacles(backup, start);
  const { count } = listed.gone;
  const notInBucket = { missing: 0, hidingPlaces: listed.hidingPlaces, failedUploads: 0 };
  const reason = count === 0 ? undefined : await findReasonToKeep(backup, start, notInBucket);
  if (reason !== undefined) reportKept(backup, 'Would not delete', count, reason);
  const whatOfGone = reason === undefined ? 'delete' : 'keep';
  if (!(await printTexts(lines(backup, start, uploads, listed, whatOfGone)))) return exitCode.done;
  incomplete.close();
  await assertNotMassDeletion(backup, start, { listed });
  await reportMassChange(backup, start, listed);
  if (reason === undefined) assertLossesAllowed(listed.losses, backup);
  return incomplete.count === 0 ? exitCode.done : exitCode.incomplete;
}

function compare(backup: Backup, start: Start, onDue: OnDue): Promise<Comparison> {
  return needsListing(start)
    ? listBeforeUpload(backup, start, onDue)
    : compareAfterUpload(backup, readDraft(start.scan.draft), start.times, false, onDue);
}

function describeUpload(line: DraftLine, object: StoredObject | undefined): string {
  const isSameSize = object?.size === entryOfLine(line).inode.size;
  const why = object === undefined ? 'new' : isSameSize ? 'changed' : 'another size';
  return lineOf(`upload: ${textOf(line.key)} (${why})`);
}

async function* lines(
  backup: Backup,
  { escrow, scan }: Start,
  uploads: Spool,
  { gone }: Comparison,
  whatOfGone: 'delete' | 'keep',
): AsyncGenerator<string> {
  const { aws, prefix } = backup;
  if (escrow === 'no bucket') yield `${lineOf(`create the bucket ${aws.bucket}`)}\n`;
  for await (const line of flatten(uploads.lines())) yield `${line}\n`;
  for await (const path of flatten(readJson<string>(gone)))
    yield `${lineOf(`${whatOfGone}: ${s3Url({ bucket: aws.bucket, key: prefix + path })}`)}\n`;
  for await (const rule of describeExcluded(backup, scan.excluded)) yield `${lineOf(`exclude: ${rule}`)}\n`;
}

/** One line, whatever characters a name has. */
function lineOf(text: string): string {
  return `(dryrun) ${printable(text)}`;
}

import { s3Url } from '../aws/arguments/object-arguments.js';
import type { StoredObject } from '../aws/listing.js';
import { assertKeyFits } from '../aws/wrong-key.js';
import { fetchLastRunAndScan, type StartingPoint } from '../backup/ask-and-scan.js';
import type { Backup } from '../backup/backup.js';
import { compareAfterUpload } from '../backup/check/check-listing.js';
import type { Comparison } from '../backup/check/compare.js';
import { compareBeforeUpload } from '../backup/check/list-before.js';
import { fetchReasonInBucket, type ReasonToKeep, reasonInRun } from '../backup/delete/why-kept.js';
import { assertLossesAllowed } from '../backup/guard/losses-allowed.js';
import { assertNotMassDeletion } from '../backup/guard.js';
import { reportObstacles } from '../backup/report.js';
import { type DraftLine, entryOfDraft, readDraft } from '../backup/scan/draft.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import { OutputClosedError, printTexts } from '../cli/print.js';
import { textOf } from '../tree/bytes.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson, type Spool } from '../tree/streams/spool.js';
import { printExcluded } from './dry-run-excluded.js';

/** @returns the exit code that the run would have, as far as can be known */
export async function dryRun(backup: Backup): Promise<number> {
  const { aws, prefix, localDir, guard, incomplete } = backup;
  const start = await fetchLastRunAndScan(backup);
  const uploads = backup.spool('uploads');
  const listed = await compare(backup, start, (line, object) => uploads.write(uploadLine(line, object)));
  uploads.close();
  await reportObstacles(backup, start.scan.obstacles);
  if (start.lastRun === undefined) {
    const samples = listed.objects.items.map((key) => ({ bucket: aws.bucket, key: prefix + textOf(key) }));
    await assertKeyFits(backup, samples);
  }
  const wait = listed.gone.count === 0 ? undefined : await whyHeldBack(backup, listed);
  try {
    await printTexts(lines(backup, start, uploads, listed, wait));
  } catch (error) {
    if (error instanceof OutputClosedError) return exitCode.done;
    throw error;
  }
  incomplete.close();
  await assertNotMassDeletion(backup, start, { ...listed, listed });
  if (wait === undefined) assertLossesAllowed(listed.losses, localDir, guard);
  return incomplete.count === 0 ? exitCode.done : exitCode.incomplete;
}

function compare(
  backup: Backup,
  start: StartingPoint,
  onDue: (line: DraftLine, object: StoredObject | undefined) => void,
): Promise<Comparison> {
  const draft = readDraft(start.scan.draft);
  if (start.tree === 'none' || start.unfinished !== undefined)
    return compareBeforeUpload(backup, draft, start, onDue);
  return compareAfterUpload(backup, draft, start.times, false, { onDue });
}

function uploadLine(line: DraftLine, object: StoredObject | undefined): string {
  const why =
    object === undefined ? 'new' : object.size === entryOfDraft(line).inode.size ? 'changed' : 'another size';
  return lineOf(`upload: ${textOf(line.key)} (${why})`);
}

async function whyHeldBack(
  { aws, prefix, config }: Backup,
  { unknown }: Comparison,
): Promise<ReasonToKeep | undefined> {
  return (
    reasonInRun(0, unknown, 0) ?? (await fetchReasonInBucket(aws, prefix, config.allowUnversionedDelete))
  );
}

async function* lines(
  backup: Backup,
  { escrow, scan }: StartingPoint,
  uploads: Spool,
  { gone }: Comparison,
  wait: ReasonToKeep | undefined,
): AsyncGenerator<string> {
  const { aws, prefix, incomplete, log } = backup;
  if (escrow === 'no bucket') yield `${lineOf(`create the bucket ${aws.bucket}`)}\n`;
  for await (const line of flatten(uploads.lines())) yield `${line}\n`;
  if (wait !== undefined) {
    const files = gone.count === 1 ? '1 file is' : `${gone.count} files are`;
    const sentence = `${files} gone, but would stay in the bucket: ${wait.why}`;
    if (wait.isFailure) incomplete.add(sentence);
    else log.warn(sentence);
  }
  for await (const path of flatten(readJson<string>(gone))) {
    const url = s3Url({ bucket: aws.bucket, key: prefix + path });
    yield `${lineOf(`${wait === undefined ? 'delete' : 'keep'}: ${url}`)}\n`;
  }
  for await (const told of printExcluded(backup, scan.excluded)) yield `${lineOf(told)}\n`;
}

/** One line, whatever is in a name. */
function lineOf(text: string): string {
  return `(dryrun) ${printable(text)}`;
}

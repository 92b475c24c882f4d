import { s3Url } from '../aws/arguments.js';
import type { StoredObject } from '../aws/listing.js';
import { tryKey } from '../aws/wrong-key.js';
import { type Asked, askAndScan } from '../backup/ask.js';
import type { Backup } from '../backup/backup.js';
import { checkBucket } from '../backup/check.js';
import type { Compared } from '../backup/compare.js';
import { askWhyKept, type Wait, whyWait } from '../backup/deletion-rule.js';
import { type DraftLine, entryOfDraft, readDraft } from '../backup/draft.js';
import { refuse } from '../backup/guard.js';
import { listBefore } from '../backup/list-before.js';
import { assertNotMassDeletion } from '../backup/mass-deletion.js';
import { nameObstacles } from '../backup/report.js';
import { exitCode } from '../exit-codes.js';
import { printable } from '../terminal/log.js';
import { NobodyReads, print } from '../terminal/print.js';
import { singly } from '../tree/batches.js';
import { textOf } from '../tree/bytes.js';
import { readJson, type Spool } from '../tree/spool.js';
import { tellExcluded } from './dry-run-excluded.js';

/** @returns the exit code that the run would have, as far as can be known */
export async function dryRun(backup: Backup): Promise<number> {
  const { aws, encryptionKey, prefix, localDir, guard, shortfalls } = backup;
  const asked = await askAndScan(backup);
  const uploads = backup.spool('uploads');
  const listed = await compare(backup, asked, (line, object) => uploads.write(uploadLine(line, object)));
  uploads.close();
  await nameObstacles(backup, asked.scan.obstacles);
  if (asked.lastRun === undefined) {
    const samples = listed.objects.items.map((key) => ({ bucket: aws.bucket, key: prefix + textOf(key) }));
    await tryKey(aws, encryptionKey, samples);
  }
  const wait = listed.gone.count === 0 ? undefined : await whyHeldBack(backup, listed);
  try {
    await print(lines(backup, asked, uploads, listed, wait));
  } catch (error) {
    if (error instanceof NobodyReads) return exitCode.done;
    throw error;
  }
  shortfalls.close();
  await assertNotMassDeletion(backup, asked, { ...listed, listed });
  if (wait === undefined) refuse(listed.losses, localDir, guard);
  return shortfalls.count === 0 ? exitCode.done : exitCode.incomplete;
}

function compare(
  backup: Backup,
  asked: Asked,
  onDue: (line: DraftLine, object: StoredObject | undefined) => void,
): Promise<Compared> {
  const draft = readDraft(asked.scan.draft);
  if (asked.tree === 'none' || asked.unfinished !== undefined) return listBefore(backup, draft, asked, onDue);
  return checkBucket(backup, draft, asked.times, false, { onDue });
}

function uploadLine(line: DraftLine, object: StoredObject | undefined): string {
  const why =
    object === undefined ? 'new' : object.size === entryOfDraft(line).inode.size ? 'changed' : 'another size';
  return lineOf(`upload: ${textOf(line.key)} (${why})`);
}

async function whyHeldBack(
  { aws, prefix, config }: Backup,
  { unknown }: Compared,
): Promise<Wait | undefined> {
  return whyWait(0, unknown, 0) ?? (await askWhyKept(aws, prefix, config.allowUnversionedDelete));
}

async function* lines(
  backup: Backup,
  { escrow, scan }: Asked,
  uploads: Spool,
  { gone }: Compared,
  wait: Wait | undefined,
): AsyncGenerator<string> {
  const { aws, prefix, shortfalls, log } = backup;
  if (escrow === 'no bucket') yield `${lineOf(`create the bucket ${aws.bucket}`)}\n`;
  for await (const line of singly(uploads.lines())) yield `${line}\n`;
  if (wait !== undefined) {
    const files = gone.count === 1 ? '1 file is' : `${gone.count} files are`;
    const sentence = `${files} gone, but would stay in the bucket: ${wait.why}`;
    if (wait.isFailure) shortfalls.add(sentence);
    else log.warn(sentence);
  }
  for await (const path of singly(readJson<string>(gone))) {
    const url = s3Url({ bucket: aws.bucket, key: prefix + path });
    yield `${lineOf(`${wait === undefined ? 'delete' : 'keep'}: ${url}`)}\n`;
  }
  for await (const told of tellExcluded(backup, scan.excluded)) yield `${lineOf(told)}\n`;
}

/** One line, whatever is in a name. */
function lineOf(text: string): string {
  return `(dryrun) ${printable(text)}`;
}

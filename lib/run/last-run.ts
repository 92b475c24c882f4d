// What the last run left in the bucket: its record and its tree, under backup.info/runs/PREFIX/.
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { download, s3Url, uploadAll } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { kindOfAwsError } from '../aws/aws-error.js';
import { RESERVED_PREFIX } from '../aws/bucket.js';
import type { EncryptionKey } from '../encryption-key.js';
import { BackupError } from '../errors.js';
import { entryOf } from '../tree/entry-line.js';
import { DamagedTreeError, openTree, parsed, type TreeTotals } from '../tree/tree-file.js';
import { isOnlyKeyWrong, keyRefused } from './verification.js';

const FORMAT = 'encrypted-s3-backup last run';
const VERSION = 1;
/** Where every backup's record and tree are, each below its own prefix. */
export const RUNS_PREFIX = `${RESERVED_PREFIX}runs/`;
export const TREE = 'tree.ndjson.gz';
const RECORD = 'last-run.json';
/** Rewritten by every run: what is billed for 30 days at least would be dearer. */
const STORAGE_CLASS = 'STANDARD';

export interface LastRun {
  readonly runId: string;
  /** ISO 8601. */
  readonly started: string;
  readonly ended: string;
  readonly host: string;
  readonly localDir: string;
  /** What the tree holds. */
  readonly totals: TreeTotals;
  /** How many files and folders are on disk, but not in the backup as they are. */
  readonly notBackedUp: number;
  readonly deleted: number;
  /** Of the tree file that was stored with it, in hexadecimal digits. */
  readonly treeSha256: string;
}

function runFolderKey(prefix: string): string {
  return RUNS_PREFIX + prefix;
}

/**
 * The record; `undefined` if there is none, as in a new bucket or one of the original scripts.
 * @throws {BackupError} with exit code 5 if it was stored with another key
 */
export async function fetchLastRun(
  aws: AwsCli,
  key: EncryptionKey,
  prefix: string,
): Promise<LastRun | undefined> {
  const object = { bucket: aws.bucket, key: runFolderKey(prefix) + RECORD };
  const args = download(object, '-');
  const answer = await aws.run(args, { key });
  if (answer.exitCode === 0) return parseLastRun(answer.stdout, s3Url(object));
  if (kindOfAwsError(answer.stderr) === 'not-found') return undefined;
  if (await isOnlyKeyWrong(aws, object, answer)) throw keyRefused(object);
  throw aws.errorOf(args, answer);
}

/** @throws {BackupError} if a later version wrote it, or it is damaged */
export function parseLastRun(text: string, where: string): LastRun {
  let record: Record<string, unknown> = {};
  try {
    record = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Told below.
  }
  if (record?.['format'] !== FORMAT || typeof record['runId'] !== 'string') {
    throw new BackupError(`${where} is no record of a run.`, {
      hint: 'Find out who stored it. If it can go, delete it; the next run goes by what the bucket holds.',
    });
  }
  if (record['version'] !== VERSION) {
    throw new BackupError(`${where} has version ${record['version']}, which this program does not know.`, {
      hint: 'It was written by a later version of encrypted-s3-backup: update this one.',
    });
  }
  return record as unknown as LastRun;
}

/**
 * The tree file of the last run: the copy if it is that run's to the byte, otherwise the bucket's.
 * @param copy where a copy may be
 * @param folder the run's own
 * @returns `undefined` if there is none that is whole: then the listing has to do
 * @throws {BackupError} if a later version wrote it
 */
export async function fetchTree(
  aws: AwsCli,
  key: EncryptionKey,
  prefix: string,
  { treeSha256 }: LastRun,
  copy: string | undefined,
  folder: string,
  log: (message: string) => void,
): Promise<string | undefined> {
  if (copy !== undefined && (await hashOfFile(copy)) === treeSha256) return copy;
  const file = join(folder, 'last-tree');
  const args = download({ bucket: aws.bucket, key: runFolderKey(prefix) + TREE }, file);
  const answer = await aws.run(args, { key });
  if (answer.exitCode !== 0) {
    if (kindOfAwsError(answer.stderr) !== 'not-found') throw aws.errorOf(args, answer);
    log('There is no tree of the last run in the bucket.');
    return undefined;
  }
  // A run that was killed while it stored its record has left one without the other; each is good by itself.
  if ((await hashOfFile(file)) === treeSha256 || (await isWhole(file, log))) return file;
  return undefined;
}

async function isWhole(file: string, log: (message: string) => void): Promise<boolean> {
  try {
    for await (const _ of (await openTree(file, parsed(entryOf))).entries);
    return true;
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
    log(`The tree of the last run is not used: ${error.message}`);
    return false;
  }
}

/** `undefined` if the file can't be read. */
async function hashOfFile(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/**
 * Stores the record and the tree, and keeps a copy of the tree.
 * @param treeFile is moved
 * @throws {AwsError} if it could not be stored; the last one is still there then
 */
export async function storeLastRun(
  aws: AwsCli,
  key: EncryptionKey,
  prefix: string,
  facts: Omit<LastRun, 'treeSha256'>,
  treeFile: string,
  copy: string | undefined,
  folder: string,
): Promise<void> {
  const stage = join(folder, 'record');
  mkdirSync(stage, { mode: 0o700 });
  renameSync(treeFile, join(stage, TREE));
  const treeSha256 = await hashOfFile(join(stage, TREE));
  const record = { format: FORMAT, version: VERSION, ...facts, treeSha256 };
  writeFileSync(join(stage, RECORD), `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await aws.runOrThrow(uploadAll(stage, { bucket: aws.bucket, key: runFolderKey(prefix) }, STORAGE_CLASS), {
    key,
  });
  if (copy === undefined) return;
  try {
    renameSync(join(stage, TREE), copy);
  } catch {
    // Something else has its name: then the next run downloads the tree.
  }
}

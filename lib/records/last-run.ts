// What the last run left in the bucket: its record and its tree, under backup.info/runs/PREFIX/.
import { download } from '../aws/arguments/download-arguments.js';
import { s3Url } from '../aws/arguments/object-arguments.js';
import { kindOfAwsError } from '../aws/errors/error-kinds.js';
import { RESERVED_PREFIX } from '../aws/listing.js';
import type { Remote } from '../aws/remote.js';
import { causeOfRefusal, wrongKeyError } from '../aws/sse-c/wrong-key.js';
import { BackupError } from '../cli/errors.js';
import type { TreeTotals } from '../tree/tree-file.js';
import type { EscrowState } from './escrow-state.js';

const FORMAT = 'encrypted-s3-backup last run';
const VERSION = 1;
/** Where every backup's record and tree are, each below its own prefix. */
export const RUNS_PREFIX = `${RESERVED_PREFIX}runs/`;
export const TREE = 'tree.ndjson.gz';
export const RECORD = 'last-run.json';
/** The bucket's tree, in the run's own folder, if there was no copy of it. */
export const FETCHED_TREE = 'last-tree';

export interface LastRun {
  readonly runId: string;
  /** ISO 8601. */
  readonly started: string;
  readonly ended: string;
  readonly host: string;
  readonly localDir: string;
  /** `type:dev:ino` of that directory: the type of its file system, the device, and the inode. */
  readonly localDirId?: string;
  /** What the tree holds. */
  readonly totals: TreeTotals;
  /** How many files and folders are on disk, but not in the backup as they are. */
  readonly notBackedUp: number;
  /** How many files the run has sent, and their bytes. Older records lack it, as they lack the next ones. */
  readonly sent?: number;
  readonly sentBytes?: number;
  readonly deleted: number;
  /** When a run has last compared the bucket's listing; ISO 8601. */
  readonly lastFullCheck?: string;
  /** When a run has last ended that left nothing undone; ISO 8601. */
  readonly lastComplete?: string;
  /** The file that was last read back and compared, and when; ISO 8601. */
  readonly lastVerified?: { readonly path: string; readonly at: string };
  /** With which escrow the encryption key is safe, as the last full run found it. */
  readonly escrow?: EscrowState;
  /** Whether the run has left something undone, so that the next one has to look at everything. */
  readonly isIncomplete?: boolean;
  /** See `fingerprintOf`: the encryption key of the run. */
  readonly keyFingerprint?: string;
  /** Of the tree file that belongs to it, in hexadecimal digits. */
  readonly treeSha256: string;
}

/** The folder of the record and the tree in the bucket. */
export function runFolderKey(prefix: string): string {
  return RUNS_PREFIX + prefix;
}

/**
 * The record; `undefined` if there is none, as in a new bucket or one of the original scripts.
 * @throws {BackupError} with exit code 5 if it was stored with another key
 */
export async function fetchLastRun({ aws, prefix }: Remote): Promise<LastRun | undefined> {
  const object = { bucket: aws.bucket, key: runFolderKey(prefix) + RECORD };
  const args = download(object, '-');
  const answer = await aws.run(args);
  if (answer.exitCode === 0) return parseLastRun(answer.stdout, s3Url(object));
  if (kindOfAwsError(answer.stderr) === 'not-found') return undefined;
  const cause = await causeOfRefusal(aws, object, args, answer);
  throw cause === 'wrong key' ? wrongKeyError(object) : cause;
}

/** The record as it is stored: see `parseLastRun`. */
export function recordText(record: LastRun): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...record }, undefined, 2)}\n`;
}

/** @throws {BackupError} if a later version wrote it, or it is damaged */
export function parseLastRun(text: string, where: string): LastRun {
  let record: Record<string, unknown> = {};
  try {
    record = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Thrown below.
  }
  if (record?.['format'] !== FORMAT || typeof record['runId'] !== 'string') {
    throw new BackupError(`${where} is no record of a run.`, {
      hint: 'See what it holds and who stored it, or whether something between here and the server answers in its place. encrypted-s3-list-versions shows its older versions, if the bucket has versioning. Until it is a record again, or is gone, no run goes on.',
    });
  }
  if (record['version'] !== VERSION) {
    throw new BackupError(`${where} has version ${record['version']}, which this program does not know.`, {
      hint: 'It was written by a later version of encrypted-s3-backup: update this one.',
    });
  }
  return record as unknown as LastRun;
}

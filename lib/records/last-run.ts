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
/** Where the records and trees of all backups are, each below its backup's prefix. */
export const RUNS_PREFIX = `${RESERVED_PREFIX}runs/`;
export const TREE = 'tree.ndjson.gz';
export const RECORD = 'last-run.json';
/** The file in the run's folder for a tree that was downloaded, for lack of a copy. */
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
  /** How many files and folders the backup lacks, or holds in another state. */
  readonly notBackedUp: number;
  /** How many files the run has sent, and their bytes. Older records lack these and the next members. */
  readonly sent?: number;
  readonly sentBytes?: number;
  readonly deleted: number;
  /** When a run last compared the bucket's listing; ISO 8601. */
  readonly lastFullCheck?: string;
  /** When the last run ended that left nothing undone; ISO 8601. */
  readonly lastComplete?: string;
  /** The file that was last read back and compared, and when; ISO 8601. */
  readonly lastVerified?: { readonly path: string; readonly at: string };
  /** The escrow, as the last full run found it. */
  readonly escrow?: EscrowState;
  /** Whether the run has left something undone, so that the next one must be full. */
  readonly isIncomplete?: boolean;
  /** `fingerprintOf` the encryption key of the run. */
  readonly keyFingerprint?: string;
  /** The checksum of the run's tree file, in hexadecimal digits. */
  readonly treeSha256: string;
}

/** The folder of the record and the tree in the bucket. */
export function runFolderKey(prefix: string): string {
  return RUNS_PREFIX + prefix;
}

/**
 * The record; `undefined` if there is none, as in a new bucket or one of the original scripts.
 * @throws {BackupError} with exit code 5 if it was stored with another encryption key
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

/** The record as it is stored; `parseLastRun` reads it. */
export function recordText(record: LastRun): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...record }, undefined, 2)}\n`;
}

/** What is stored as a record is none. */
export class DamagedRecordError extends BackupError {}

/** @throws {DamagedRecordError} if it is not a record @throws {BackupError} if a later version wrote it */
export function parseLastRun(text: string, where: string): LastRun {
  let record: Record<string, unknown> = {};
  try {
    record = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Thrown below.
  }
  if (record?.['format'] !== FORMAT || typeof record['runId'] !== 'string') {
    throw new DamagedRecordError(`${where} is not a record of a run.`, {
      hint: 'Find out what it holds and who stored it, or whether a proxy answers in place of the server. encrypted-s3-list-versions shows its older versions, if the bucket has versioning. No run goes on until it is a record again, or is deleted.',
    });
  }
  if (record['version'] !== VERSION) {
    throw new BackupError(`${where} has version ${record['version']}, which this program does not know.`, {
      hint: 'A later version of encrypted-s3-backup wrote it: update this one.',
    });
  }
  return record as unknown as LastRun;
}

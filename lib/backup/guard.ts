// Refuses a run before it would lose what a disk that is not mounted, a slip or an accident has taken away.
import { BackupError } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import { type Bytes, textOf } from '../tree/bytes.js';
import { EmptiedFolders } from '../tree/emptied-folders.js';

/** So few files may always go. */
const ALWAYS_ALLOWED = 20;
/** How many files and folders are named. */
const NAMED = 10;

export interface GuardOptions {
  /** The share of the files that may be gone. */
  readonly maxDeletePercent: number;
  /** The user knows that so many are gone. */
  readonly allowsMassDelete: boolean;
}

/** Counts what was there and is gone, fed with the keys of files in their order. */
export class Losses {
  readonly #folders = new EmptiedFolders(NAMED);
  readonly first: Bytes[] = [];
  gone = 0;
  before = 0;
  now = 0;

  add(key: Bytes, was: 'there' | 'absent', is: 'there' | 'gone' | 'kept'): void {
    if (was === 'there') this.before += 1;
    if (is === 'there') this.now += 1;
    if (is === 'gone') {
      this.gone += 1;
      if (this.first.length < NAMED) this.first.push(key);
    }
    // What is kept for want of proof does not make a folder an emptied one.
    this.#folders.add(key, was === 'there', is !== 'gone');
  }

  emptiedFolders(): Bytes[] {
    return this.#folders.close();
  }
}

/** Why the losses are too many to go on, with exit code 4; `undefined` if they are not. */
export function objection(
  losses: Losses,
  localDir: string,
  { maxDeletePercent, allowsMassDelete }: GuardOptions,
): BackupError | undefined {
  const { gone, before, now, first } = losses;
  const isTooMuch = gone > ALWAYS_ALLOWED && gone * 100 > maxDeletePercent * before;
  const isEmptied = gone > 0 && now === 0;
  if (allowsMassDelete || !(isTooMuch || isEmptied)) return undefined;
  const what = isEmptied
    ? `LOCAL_DIR "${localDir}" has no files that can be read, but the backup has ${before}`
    : `${gone} of the ${before} files in the backup are gone from LOCAL_DIR "${localDir}", more than MAX_DELETE_PERCENT=${maxDeletePercent} allows`;
  const folders = losses.emptiedFolders().filter((key) => key !== '');
  const message = [
    `${what}: they would be deleted.`,
    `Gone: ${list(first, gone)}.`,
    ...(folders.length === 0 ? [] : [`Folders without files now: ${list(folders, folders.length)}.`]),
  ].join('\n');
  return new BackupError(message, {
    exitCode: exitCode.refused,
    hint: 'If a disk should be mounted there, mount it. If the files are meant to be gone, run the backup once with --allow-mass-delete. Nothing was deleted in the bucket.',
  });
}

/** @throws {BackupError} with exit code 4; see `objection` */
export function refuse(losses: Losses, localDir: string, options: GuardOptions): void {
  const refusal = objection(losses, localDir, options);
  if (refusal !== undefined) throw refusal;
}

function list(keys: readonly Bytes[], count: number): string {
  const more = count > keys.length ? `, and ${count - keys.length} more` : '';
  return keys.map((key) => `"${textOf(key)}"`).join(', ') + more;
}

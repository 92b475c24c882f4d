import { BackupError } from '../errors.js';
import { shellQuote } from './shell-quote.js';

/** What decides whether a file may be run: who owns it and who may write it. */
export interface Ownership {
  readonly uid: number;
  readonly mode: number;
  isFile(): boolean;
}

/** Why bash has to read a file. */
export interface Reason {
  readonly line: number | undefined;
  readonly construct: string;
}

/**
 * To source a file is to run it. Allowed is one that belongs to the user or to root, and
 * that nobody else can write.
 *
 * @throws {BackupError} with the line that makes bash necessary and what to do.
 */
export function assertTrusted(
  file: string,
  owner: Ownership,
  user: number | undefined,
  reason: Reason,
): void {
  const objection = objectionTo(file, owner, user);
  if (objection === undefined) return;
  const where = reason.line === undefined ? file : `${file}:${reason.line}`;
  throw new BackupError(
    `${where}: Only bash can read this (${reason.construct}), and bash is not run on this file: ${objection.because}.`,
    { hint: `${objection.remedy}, or write plain lines: NAME='value'` },
  );
}

/** What to tell of a file that needs no bash: who can write it decides what is backed up, and by what `aws`. */
export function warningAbout(file: string, owner: Ownership, user: number | undefined): string | undefined {
  const isForeign = owner.uid !== 0 && owner.uid !== user;
  if (!owner.isFile() || !(isForeign || (owner.mode & 0o002) !== 0)) return undefined;
  const remedy = objectionTo(file, owner, user)?.remedy;
  return `${file}: Others can write this file, and with it decide what is run. ${remedy}`;
}

/** What to tell of a file that holds the key: everybody on the machine can read it. */
export function exposureOf(file: string, { mode }: Ownership): string | undefined {
  if ((mode & 0o004) === 0) return undefined;
  return `${file}: Everybody on this machine can read this file, and the key in it: chmod 600 ${shellQuote(file)}`;
}

function objectionTo(file: string, owner: Ownership, user: number | undefined) {
  if (!owner.isFile()) {
    return { because: 'it is no regular file', remedy: 'Give the name of a regular file' };
  }
  if (owner.uid !== 0 && owner.uid !== user) {
    const because = `it belongs to another user (uid ${owner.uid})`;
    return { because, remedy: `Check what it holds, then: chown ${user} ${shellQuote(file)}` };
  }
  if ((owner.mode & 0o022) !== 0) {
    const because = `others than its owner can write it (mode ${(owner.mode & 0o7777).toString(8).padStart(4, '0')})`;
    return { because, remedy: `Check what it holds, then: chmod go-w ${shellQuote(file)}` };
  }
  return undefined;
}

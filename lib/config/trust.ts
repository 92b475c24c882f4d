import { BackupError } from '../cli/errors.js';
import type { PathPart } from '../tree/disk/path-parts.js';
import { shellQuote } from './shell-quote.js';

/** What decides whether a file may be run: who owns it and who may write it. */
export interface Ownership {
  readonly uid: number;
  readonly mode: number;
  isFile(): boolean;
  isFIFO(): boolean;
}

/** Why bash has to read a file. */
export interface Reason {
  readonly line: number | undefined;
  readonly construct: string;
}

interface Objection {
  readonly because: string;
  readonly remedy: string;
}

const OTHERS = 0o002;
const GROUP_AND_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * To source a file is to run it. Allowed is a file or a pipe that belongs to the user or to root and that nobody else
 * can write, if nobody else can put another one in its place.
 *
 * @param places the folders and links that lead to it; undefined if they are not known, which is no reason to trust
 * @throws {BackupError} with the line that makes bash necessary and what to do.
 */
export function assertTrusted(
  file: string,
  owner: Ownership,
  places: readonly PathPart[] | undefined,
  user: number | undefined,
  reason: Reason,
): void {
  const objection = objectionTo(file, owner, user) ?? objectionToPlaces(file, places, user, GROUP_AND_OTHERS);
  if (objection === undefined) return;
  const where = reason.line === undefined ? file : `${file}:${reason.line}`;
  throw new BackupError(
    `${where}: Only bash can read this (${reason.construct}), and bash is not run on this file: ${objection.because}.`,
    { hint: `${objection.remedy}, or write plain lines: NAME='value'` },
  );
}

/** What to tell of a file that needs no bash: who can write it decides what is backed up, and by what `aws`. */
export function warningAbout(
  file: string,
  owner: Ownership,
  places: readonly PathPart[] | undefined,
  user: number | undefined,
): string | undefined {
  const isForeign = owner.uid !== 0 && owner.uid !== user;
  if (owner.isFile() && (isForeign || (owner.mode & OTHERS) !== 0)) {
    const remedy = objectionTo(file, owner, user)?.remedy;
    return `${file}: Others can write this file, and with it decide what is run. ${remedy}`;
  }
  const objection = objectionToPlaces(file, places, user, OTHERS);
  if (objection === undefined || places === undefined) return undefined;
  const what = 'Others can put another file in the place of this one, and with it decide what is run';
  return `${file}: ${what}: ${objection.because}. ${objection.remedy}`;
}

/** What to tell of a file that holds the key: everybody on the machine can read it. */
export function exposureOf(file: string, { mode }: Ownership): string | undefined {
  if ((mode & 0o004) === 0) return undefined;
  return `${file}: Everybody on this machine can read this file, and the key in it: chmod 600 ${shellQuote(file)}`;
}

function objectionTo(file: string, owner: Ownership, user: number | undefined): Objection | undefined {
  if (!owner.isFile() && !owner.isFIFO()) {
    const remedy = 'Give the name of a regular file or a pipe';
    return { because: 'it is neither a regular file nor a pipe', remedy };
  }
  if (owner.uid !== 0 && owner.uid !== user) {
    const because = `it belongs to another user (uid ${owner.uid})`;
    if (owner.isFIFO()) return { because, remedy: 'Give the name of a file of yours' };
    return { because, remedy: `Check what it holds, then: chown ${user} ${shellQuote(file)}` };
  }
  if ((owner.mode & GROUP_AND_OTHERS) !== 0) {
    const because = `others than its owner can write it (mode ${octal(owner.mode)})`;
    return { because, remedy: `Check what it holds, then: chmod go-w ${shellQuote(file)}` };
  }
  return undefined;
}

/** In a sticky folder, as `/tmp` is one, others can write, but not rename or replace what is not theirs. */
function objectionToPlaces(
  file: string,
  places: readonly PathPart[] | undefined,
  user: number | undefined,
  writers: number,
): Objection | undefined {
  if (places === undefined) {
    const because = 'a folder above it may not be looked at';
    return { because, remedy: `See which one: namei -l ${shellQuote(file)}` };
  }
  for (const { path, uid, mode, isLink } of places) {
    const name = `the ${isLink ? 'link' : 'folder'} ${path}`;
    const remedy = (command: string) =>
      `Move the file into a folder of yours, or: ${command} ${shellQuote(path)}`;
    if (uid !== 0 && uid !== user) {
      const because = `${name}, which leads to it, belongs to another user (uid ${uid})`;
      return { because, remedy: remedy(`chown${isLink ? ' -h' : ''} ${user}`) };
    }
    if (!isLink && (mode & writers) !== 0 && (mode & STICKY) === 0) {
      const because = `others than its owner can write ${name}, which leads to it (mode ${octal(mode)})`;
      return { because, remedy: remedy('chmod go-w') };
    }
  }
  return undefined;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

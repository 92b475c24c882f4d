// Who can write a config decides what is backed up, and by what `aws`; if bash reads it, what is run.
import { BackupError, shellQuote } from '../cli/errors.js';
import type { PathPart } from '../tree/disk/path-parts.js';

/** What decides whether a config may be trusted. */
export interface ConfigFile {
  /** The name that the user gave. */
  readonly file: string;
  readonly stats: {
    readonly uid: number;
    readonly mode: number;
    isFile(): boolean;
    isFIFO(): boolean;
    isSocket(): boolean;
  };
  /** The folders and links that lead to it; `undefined` if one of them may not be looked at. */
  readonly path: readonly PathPart[] | undefined;
  /** The user that this program runs as. */
  readonly user: number | undefined;
}

/** What only bash can read in a config. */
export interface BashConstruct {
  /** From 1; `undefined` if it is not in the file. */
  readonly line: number | undefined;
  /** Such as `a command`, without the text, which may be the key's. */
  readonly construct: string;
}

/** Why a file is not trusted. */
interface Objection {
  readonly reason: string;
  readonly remedy: string;
}

const OTHERS = 0o002;
const GROUP_AND_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * Bash runs what it reads. It may read a file, pipe or socket that belongs to the user or to root and that nobody else
 * can write or replace.
 * @throws {BackupError} with the line that bash is needed for and what to do
 */
export function assertTrusted(config: ConfigFile, { line, construct }: BashConstruct): void {
  const objection = objectionToFile(config) ?? objectionToPath(config, GROUP_AND_OTHERS);
  if (objection === undefined) return;
  const where = line === undefined ? config.file : `${config.file}:${line}`;
  throw new BackupError(
    `${where}: Only bash can read this (${construct}), and bash does not run this file: ${objection.reason}.`,
    { hint: `${objection.remedy}, or write plain lines: NAME='value'` },
  );
}

/** A warning if others can write or replace a file that bash does not run. The original reads it, whoever can. */
export function warningOfWriters(config: ConfigFile): string | undefined {
  const { file, stats, user } = config;
  const isWritable = (stats.uid !== 0 && stats.uid !== user) || (stats.mode & OTHERS) !== 0;
  if (stats.isFile() && isWritable) {
    const remedy = objectionToFile(config)?.remedy;
    return `${file}: Others can write this file, and so decide which programs run. ${remedy}`;
  }
  const objection = config.path && objectionToPath(config, OTHERS);
  if (objection === undefined) return undefined;
  const what = 'Others can replace this file, and so decide which programs run';
  return `${file}: ${what}: ${objection.reason}. ${objection.remedy}`;
}

/** A warning if everybody on the machine can read a file that holds the key. */
export function warningOfReaders({ file, stats }: ConfigFile): string | undefined {
  if ((stats.mode & 0o004) === 0) return undefined;
  return `${file}: Everybody on this machine can read this file, and the key in it: chmod 600 ${shellQuote(file)}`;
}

function objectionToFile({ file, stats, user }: ConfigFile): Objection | undefined {
  if (!stats.isFile() && !stats.isFIFO() && !stats.isSocket()) {
    const remedy = 'Give the name of a regular file or a pipe';
    return { reason: 'it is neither a regular file nor a pipe', remedy };
  }
  if (stats.uid !== 0 && stats.uid !== user) {
    const reason = `it belongs to another user (uid ${stats.uid})`;
    if (!stats.isFile()) return { reason, remedy: 'Give the name of a file of yours' };
    return { reason, remedy: `Check its content, then: chown ${user} ${shellQuote(file)}` };
  }
  // Nobody else can open a socket, whatever its mode.
  if ((stats.mode & GROUP_AND_OTHERS) === 0 || stats.isSocket()) return undefined;
  const reason = `others than its owner can write it (mode ${octal(stats.mode)})`;
  return { reason, remedy: `Check its content, then: chmod go-w ${shellQuote(file)}` };
}

/**
 * In a sticky folder, such as `/tmp`, others can write, but not rename or replace what is not theirs.
 * @param writers the mode bits of those who must not be able to write
 */
function objectionToPath({ file, path, user }: ConfigFile, writers: number): Objection | undefined {
  if (path === undefined) {
    const reason = 'this user may not look at a folder above it';
    return { reason, remedy: `See which one: namei -l ${shellQuote(file)}` };
  }
  for (const part of path) {
    const name = `the ${part.isLink ? 'link' : 'folder'} ${part.path}, which leads to it`;
    const remedyBy = (command: string) =>
      `Move the file into a folder of yours, or: ${command} ${shellQuote(part.path)}`;
    if (part.uid !== 0 && part.uid !== user) {
      const reason = `${name}, belongs to another user (uid ${part.uid})`;
      return { reason, remedy: remedyBy(`chown${part.isLink ? ' -h' : ''} ${user}`) };
    }
    if (!part.isLink && (part.mode & writers) !== 0 && (part.mode & STICKY) === 0) {
      const reason = `others than its owner can write ${name} (mode ${octal(part.mode)})`;
      return { reason, remedy: remedyBy('chmod go-w') };
    }
  }
  return undefined;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

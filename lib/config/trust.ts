// Whoever can write a config decides what is backed up, and by which `aws`; and, if bash reads it or a hook is a
// command, what is run.
import { shellQuote } from '../cli/errors.js';
import {
  GROUP_AND_OTHERS_WRITE,
  isOthers,
  OTHERS_WRITE,
  octalMode,
  type PathPart,
  partOfOthers,
} from '../tree/disk/trust/who-can-change.js';

/** The facts that decide whether a config may be trusted. */
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
  /** The folders and links that lead to it; `undefined` if one of them can't be examined. */
  readonly parts: readonly PathPart[] | undefined;
  /** The user that this program runs as. */
  readonly user: number | undefined;
}

/** Why a file is not trusted. */
interface Objection {
  readonly reason: string;
  /** A sentence without its full stop. */
  readonly remedy: string;
}

export interface ConfigTrust {
  /**
   * Bash runs what it reads. So it may only read a file, pipe or socket that belongs to the user or to root and that
   * nobody else can write or replace; and only then may a hook be a command. `undefined` for such a file.
   */
  readonly objection: Objection | undefined;
  /** A warning if others can write or replace a file that needs no bash. The original reads it nevertheless. */
  readonly warningOfWriters: string | undefined;
  /** A warning if everybody on the machine can read the file. */
  readonly warningOfReaders: string | undefined;
}

export function judgeTrust(config: ConfigFile): ConfigTrust {
  return {
    objection: objectionToFile(config) ?? objectionToPath(config, GROUP_AND_OTHERS_WRITE),
    warningOfWriters: warningOfWriters(config),
    warningOfReaders: warningOfReaders(config),
  };
}

function warningOfWriters(config: ConfigFile): string | undefined {
  const { file, stats, user } = config;
  const isWritable = isOthers(stats.uid, user) || (stats.mode & OTHERS_WRITE) !== 0;
  if (stats.isFile() && isWritable) {
    const remedy = objectionToFile(config)?.remedy;
    return `${file}: Others can write this file, and so decide which programs run. ${remedy}`;
  }
  const objection = config.parts && objectionToPath(config, OTHERS_WRITE);
  if (objection === undefined) return undefined;
  const what = 'Others can replace this file, and so decide which programs run';
  return `${file}: ${what}: ${objection.reason}. ${objection.remedy}`;
}

function warningOfReaders({ file, stats }: ConfigFile): string | undefined {
  if ((stats.mode & 0o004) === 0) return undefined;
  return `${file}: Everybody on this machine can read this file, and the key in it: chmod 600 ${shellQuote(file)}`;
}

function objectionToFile({ file, stats, user }: ConfigFile): Objection | undefined {
  if (!stats.isFile() && !stats.isFIFO() && !stats.isSocket()) {
    const remedy = 'Give the name of a regular file or a pipe';
    return { reason: 'it is neither a regular file nor a pipe', remedy };
  }
  if (isOthers(stats.uid, user)) {
    const reason = `it belongs to another user (uid ${stats.uid})`;
    if (!stats.isFile()) return { reason, remedy: 'Give the name of a file of yours' };
    return { reason, remedy: `Check its content, then: chown ${user} ${shellQuote(file)}` };
  }
  // Nobody else can open a socket, whatever its mode.
  if ((stats.mode & GROUP_AND_OTHERS_WRITE) === 0 || stats.isSocket()) return undefined;
  const reason = `others than its owner can write it (mode ${octalMode(stats.mode)})`;
  return { reason, remedy: `Check its content, then: chmod go-w ${shellQuote(file)}` };
}

/** @param writers the mode bits of those who must not be able to write */
function objectionToPath({ file, parts, user }: ConfigFile, writers: number): Objection | undefined {
  if (parts === undefined) {
    const reason = 'this user may not search a folder above it';
    return { reason, remedy: `This shows which one: namei -l ${shellQuote(file)}` };
  }
  const part = partOfOthers(parts, user, { writers });
  if (part === undefined) return undefined;
  const name = `the ${part.isLink ? 'link' : 'folder'} ${part.path}, which leads to it`;
  const remedyBy = (command: string) =>
    `Move the file into a folder of yours, or: ${command} ${shellQuote(part.path)}`;
  if (isOthers(part.uid, user))
    return {
      reason: `${name}, belongs to another user (uid ${part.uid})`,
      remedy: remedyBy(`chown${part.isLink ? ' -h' : ''} ${user}`),
    };
  return {
    reason: `others than its owner can write ${name} (mode ${octalMode(part.mode)})`,
    remedy: remedyBy('chmod go-w'),
  };
}

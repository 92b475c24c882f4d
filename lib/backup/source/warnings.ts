// Warnings before a run changes anything: about its source, its prefix, and patterns that exclude nothing.

import { noteGiven, wereGiven } from '../../records/given-warnings.js';
import type { LastRun } from '../../records/last-run.js';
import { type Bytes, textOf } from '../../tree/bytes.js';
import type { Backup } from '../backup.js';
import { isOtherFileSystem } from './local-dir.js';

/** @param ineffective for each pattern that has excluded nothing, the first folder that it matches, ending in a `/` */
export function warnOfSource(
  backup: Backup,
  lastRun: LastRun | undefined,
  isAdopted: boolean,
  ineffective: ReadonlyMap<string, Bytes>,
): void {
  const { source, localDirId, log } = backup;
  const lastId = lastRun?.localDirId;
  if (!isAdopted && lastId !== undefined && isOtherFileSystem(lastId, localDirId)) {
    log.warn(
      `LOCAL_DIR "${source.localDir}" is on another file system than at the last run. Check that the right disk is mounted there.`,
    );
  }
  reportLackOfCtime(backup, lastRun === undefined);
  warnOfPatterns(backup, ineffective);
  if (lastRun === undefined) warnOfEmptyPart(backup);
}

/**
 * Where a ctime proves nothing, only size, mtime and inode number show a change. The run that finds it out, which may
 * be a later one, warns of that; the others say it in syslog.
 */
function reportLackOfCtime(
  { compareContent, localDir, fileSystems, state, flags, log }: Backup,
  isFirst: boolean,
): void {
  const types = [...fileSystems.typesWithoutCtime()].map((type) => `0x${type.toString(16)}`);
  if (types.length === 0 || compareContent) return;
  const sentence = `The ctime of files in "${localDir}" proves nothing (file system of type ${types.join(', ')}): a file that changes and keeps its size and mtime is not uploaded again. COMPARE_CONTENT='yes' finds such files by reading all of them.`;
  const warnings = types.map((type) => `ctime ${type}`);
  const file = state.givenWarnings;
  if (file === undefined ? !isFirst : wereGiven(file, warnings)) {
    log.info(sentence);
    return;
  }
  log.warn(sentence);
  if (!flags.isDry && file !== undefined) noteGiven(file, warnings);
}

/**
 * Warns in the first run only, since the original accepts every prefix. S3 stores keys with an empty part, but other
 * tools can't restore them as files.
 */
function warnOfEmptyPart({ prefix, log }: Backup): void {
  if (!prefix.startsWith('/') && !prefix.includes('//')) return;
  const better = prefix.split('/').filter(Boolean).join('/');
  log.warn(
    `REMOTE_DIR_PREFIX is "${prefix.slice(0, -1)}": the keys of this backup begin with "${prefix}", which has an empty part. Some tools can't list or restore such keys. For a new backup, write '${better}'.`,
  );
}

/** A pattern means whole paths: one that names a folder leaves what is in the folder. */
function warnOfPatterns({ localDir, log }: Backup, ineffective: ReadonlyMap<string, Bytes>): void {
  for (const [rule, folder] of ineffective) {
    const path = `"${localDir}/${textOf(folder.slice(0, -1) as Bytes)}"`;
    log.warn(
      `${rule} matches the folder ${path}, but nothing in it, and no file: it excludes nothing. To exclude what is in such folders, write '${rule.slice("EXCLUDE '".length, -1)}/*'.`,
    );
  }
}

// Where a restore comes from, as the command line says it.
import { relative, resolve } from 'node:path';
import { BackupError } from '../cli/errors.js';
import type { BackupConfig } from '../config/backup-config.js';

export interface RestoreSource {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
  /** Of the folder: '' or ends in a `/`. */
  readonly prefix: string;
  /** Of the backup, as far as the command line tells: `prefix` begins with it. */
  readonly backupPrefix: string;
  readonly destination: string;
}

/**
 * @param words PROFILE REGION URL DEST, or with a config [SUBDIR] DEST
 * @throws {BackupError} for anything else
 */
export function parseSource(words: readonly string[], config: BackupConfig | undefined): RestoreSource {
  const [first = '', second = '', url, destination] = words;
  if (words.length === 4 && url !== undefined && destination !== undefined) {
    const folder = parseFolderUrl(url);
    return { profile: first, region: second, ...folder, backupPrefix: folder.prefix, destination };
  }
  if (config === undefined || words.length < 1 || words.length > 2) {
    throw new BackupError(
      config === undefined
        ? 'A profile, a region, an s3:// URL and a destination are needed.'
        : 'With --config, a destination is needed, before it perhaps a folder of the backup.',
      { hint: '--help shows how to call this.' },
    );
  }
  const [subfolder, target] = words.length === 2 ? [first, second] : ['', first];
  return {
    profile: config.profile,
    region: config.region,
    bucket: config.bucket,
    prefix: config.prefix + asFolder(pathInBackup(subfolder, config.localDir)),
    backupPrefix: config.prefix,
    destination: target,
  };
}

function parseFolderUrl(url: string): Pick<RestoreSource, 'bucket' | 'prefix'> {
  const [, bucket, path = ''] = /^s3:\/\/([^/]+)(?:\/([\s\S]*))?$/.exec(url) ?? [];
  if (bucket === undefined) {
    throw new BackupError(`"${url}" does not name a folder in a bucket.`, {
      hint: 'Write it as s3://BUCKET/PREFIX, for example s3://my-backup-s3/home/user.',
    });
  }
  return { bucket, prefix: asFolder(path) };
}

/**
 * The path of a file or folder relative to LOCAL_DIR, without `.` and `..`.
 * @param given relative, or as it is on disk
 */
export function pathInBackup(given: string, localDir: string): string {
  const path = relative(localDir, resolve(localDir, given));
  if (path !== '..' && !path.startsWith('../')) return path;
  throw new BackupError(`"${given}" is not in LOCAL_DIR "${localDir}".`, {
    hint: 'Name what is in the backup relative to LOCAL_DIR.',
  });
}

function asFolder(path: string): string {
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}

// The scope of a restore: which folder of which backup, at which time; and how to parse it from a command line.
import { parseS3Url } from '../aws/arguments/object-arguments.js';
import type { Remote } from '../aws/remote.js';
import { BackupError } from '../cli/errors.js';
import type { BackupConfig } from '../config/backup-config.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';

/** Every step of a restore takes this. Here, `prefix` is that of the folder to restore: '' or ends in a `/`. */
export interface RestoreScope extends Remote {
  /** The prefix of the backup, as far as the command line shows it: `prefix` begins with it. */
  readonly backupPrefix: string;
  /** Milliseconds since the epoch; `undefined` for now. */
  readonly time: number | undefined;
}

/** The scope in the arguments of a command. */
interface RestoreSource extends Pick<RestoreScope, 'prefix' | 'backupPrefix'> {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
  readonly destination: string;
}

/**
 * @param words PROFILE REGION URL DESTINATION, or with a config [FOLDER] DESTINATION
 * @throws {BackupError} for anything else
 */
export function parseSource(words: readonly string[], config: BackupConfig | undefined): RestoreSource {
  const [first = '', second = '', url, destination] = words;
  if (words.length === 4 && url !== undefined && destination !== undefined) {
    const { bucket, prefix } = parseFolderUrl(url);
    return { profile: first, region: second, bucket, prefix, backupPrefix: prefix, destination };
  }
  if (config === undefined || words.length < 1 || words.length > 2) {
    throw new BackupError(
      config === undefined
        ? 'A profile, a region, an s3:// URL and a destination are needed.'
        : 'With --config, a destination is needed, before it perhaps a folder of the backup.',
      { hint: '--help shows how to call this.' },
    );
  }
  const [folder, target] = words.length === 2 ? [first, second] : ['', first];
  return {
    profile: config.profile,
    region: config.region,
    bucket: config.bucket,
    prefix: config.prefix + withSlash(pathInLocalDir(folder, config.localDir)),
    backupPrefix: config.prefix,
    destination: target,
  };
}

function parseFolderUrl(url: string): { readonly bucket: string; readonly prefix: string } {
  const named = parseS3Url(url);
  if (named !== undefined) return { bucket: named.bucket, prefix: withSlash(named.key) };
  throw new BackupError(`"${url}" does not name a folder in a bucket.`, {
    hint: 'Write it as s3://BUCKET/PREFIX, for example s3://my-backup-s3/home/user.',
  });
}

function withSlash(path: string): string {
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}

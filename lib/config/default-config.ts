// The config that commands use if none is named.
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { homeFolderOf } from '../aws/settings/home.js';
import { BackupError } from '../cli/errors.js';

/** `undefined` without a home folder. */
export function defaultConfigFile(environment: NodeJS.ProcessEnv): string | undefined {
  const configured = environment['XDG_CONFIG_HOME'] ?? '';
  const home = homeFolderOf(environment);
  // The XDG base directories' rule: a relative path does not count.
  const folder = isAbsolute(configured) ? configured : home && join(home, '.config');
  return folder && join(folder, 'encrypted-s3-backup', 'config');
}

/**
 * The config that is named, or else the one in the default place.
 * @throws {BackupError} if there is neither
 */
export function configFileOrDefault(named: string | undefined, environment = process.env): string {
  if (named !== undefined) return named;
  const file = defaultConfigFile(environment);
  if (file !== undefined && existsSync(file)) return file;
  throw new BackupError('No config is named, and there is none in the default place.', {
    hint: `Name one with --config, or have it written by encrypted-s3 init: ${file ?? '~/.config/encrypted-s3-backup/config'}`,
  });
}

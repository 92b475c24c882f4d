// The config that commands use if none is named.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BackupError } from '../cli/errors.js';
import { xdgFolder } from '../cli/user-folders.js';

/** The path of the default config; `undefined` without a home folder. */
export function defaultConfigFile(): string | undefined {
  const folder = xdgFolder('XDG_CONFIG_HOME', process.env);
  return folder && join(folder, 'encrypted-s3-backup', 'config');
}

/**
 * The config that the user gave, or else the one in the default place.
 * @throws {BackupError} if there is neither
 */
export function configFileOrDefault(named: string | undefined): string {
  if (named !== undefined) return named;
  const file = defaultConfigFile();
  if (file !== undefined && existsSync(file)) return file;
  throw new BackupError('No config is given, and there is none in the default place.', {
    hint: `Give one with --config, or let encrypted-s3 init write it: ${file ?? '~/.config/encrypted-s3-backup/config'}`,
  });
}

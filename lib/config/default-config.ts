// The config that commands use if none is named.
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { homeFolderOf } from '../aws/settings/home.js';
import { BackupError } from '../cli/errors.js';

/** The path of the default config; `undefined` without a home folder. */
export function defaultConfigFile(): string | undefined {
  const configured = process.env['XDG_CONFIG_HOME'] ?? '';
  const home = homeFolderOf(process.env);
  // The XDG base directories' rule: a relative path does not count.
  const folder = isAbsolute(configured) ? configured : home && join(home, '.config');
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

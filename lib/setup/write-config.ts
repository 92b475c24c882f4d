// Writes a new config. It holds the encryption key, and is the only file that does.
import { closeSync, fsyncSync, mkdirSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackupError, describeError, errnoOf, shellQuote } from '../cli/errors.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { keyInConfig } from '../secrets/key-in-config.js';
import { createPrivateFile } from '../tree/disk/trusted-place.js';
import { type ConfigSettings, configText } from './config-text.js';

/**
 * Writes the file, mode 0600, in a folder that is made if it is missing.
 * @throws {BackupError} if it can't be written, a link that somebody else may have made leads there, or something has
 *   that name already: it is never replaced
 */
export function writeConfig(file: string, settings: ConfigSettings, encryptionKey: EncryptionKey): void {
  const text = configText({ ...settings, ENCRYPTION_KEY: keyInConfig(encryptionKey) });
  let descriptor: number | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    descriptor = createPrivateFile(file);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } catch (error) {
    // Half a config would stop the next attempt.
    if (descriptor !== undefined) rmSync(file, { force: true });
    if (error instanceof BackupError) throw error;
    const hint =
      errnoOf(error) === 'EEXIST'
        ? 'It was left as it is. Name another file with --config.'
        : `See who may write there: namei -l ${shellQuote(dirname(file))}`;
    throw new BackupError(`The config "${file}" can't be written: ${describeError(error)}.`, { hint });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

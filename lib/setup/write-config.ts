// Writes a new config: the only file with the encryption key.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackupError, describeError, errnoOf, shellQuote } from '../cli/errors.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { textOfKey } from '../secrets/key-bytes.js';
import { writeNewFile } from '../tree/disk/trust/write-file.js';
import { type ConfigSettings, configText } from './config-text.js';

/**
 * Writes the file, mode 0600, and creates its folder if that is missing.
 * @throws {BackupError} if it can't be written, its path has a link that somebody else may have made, or it exists: it
 * is never replaced
 */
export async function writeConfig(
  file: string,
  settings: ConfigSettings,
  encryptionKey: EncryptionKey,
): Promise<void> {
  const text = configText({ ...settings, ENCRYPTION_KEY: textOfKey(encryptionKey) });
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    await writeNewFile(file, (append) => append(text));
  } catch (error) {
    if (error instanceof BackupError) throw error;
    const hint =
      errnoOf(error) === 'EEXIST'
        ? 'It was not changed. Give another file with --config.'
        : `This shows who may write there: namei -l ${shellQuote(dirname(file))}`;
    throw new BackupError(`The config "${file}" can't be written: ${describeError(error)}.`, { hint });
  }
}

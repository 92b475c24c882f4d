// Writes configs to a temporary folder, and reads them.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { BackupError } from '../../../lib/cli/errors.js';
import * as reader from '../../../lib/config/read-config.js';

export const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
export const directory = mkdtempSync(join(tmpdir(), 'config-'));
export const complete = `AWS_REGION=eu-west-1 AWS_BUCKET=my-bucket AWS_RETENTION_DAYS=30
LOCAL_DIR=/docs LOCAL_LOCK=/lock AWS_ENDPOINT_URL= ENCRYPTION_KEY=${KEY}
`;
before(() => {
  for (const name of ['BASH_ENV', 'SHELLOPTS', 'BASHOPTS', 'BASH_COMPAT', 'POSIXLY_CORRECT'])
    delete process.env[name];
});
after(() => rmSync(directory, { recursive: true }));

export function write(text: string, mode = 0o600): string {
  const file = join(directory, 'my.config');
  rmSync(file, { force: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** The config and its warnings. */
export async function readConfig(file: string) {
  const warnings: string[] = [];
  const config = await reader.readConfig(file, { warn: (text) => warnings.push(text) });
  return { ...config, warnings };
}

export async function readPartialConfig(file: string) {
  const warnings: string[] = [];
  const config = await reader.readPartialConfig(file, { warn: (text) => warnings.push(text) });
  return { ...config, warnings };
}

export async function failureOf(file: string): Promise<{ message: string; hint: string }> {
  try {
    await readConfig(file);
  } catch (error) {
    assert.ok(error instanceof BackupError, String(error));
    return { message: error.message, hint: error.hint ?? '' };
  }
  return assert.fail('the config was accepted');
}

// Asks for the backup's encryption key, or for the easy-to-remember key by which the bucket has it.
import type { AwsCli } from '../aws/aws-cli.js';
import type { Prompt } from '../cli/prompt.js';
import { fetchEscrowedKey } from '../records/escrow.js';
import { EncryptionKey, keyOfEasyKey } from '../secrets/encryption-key.js';

/** @throws {BackupError} for an answer of the wrong length */
export async function askEncryptionKey(prompt: Prompt): Promise<EncryptionKey> {
  return new EncryptionKey(await prompt.askHidden('Enter your backup encryption key: '));
}

export function askEasyKey(prompt: Prompt): Promise<string> {
  return prompt.askHidden('Enter your master encryption key: ');
}

/** @throws {BackupError} with exit code 5 if the escrow has another easy key */
export async function askForEscrowedKey(aws: AwsCli, prompt: Prompt): Promise<EncryptionKey> {
  return fetchEscrowedKey(aws, keyOfEasyKey(await askEasyKey(prompt)));
}

// Gets the backup's encryption key from the bucket, by the easy-to-remember key that the user types.
import type { AwsCli } from '../aws/aws-cli.js';
import type { Prompt } from '../cli/prompt.js';
import { fetchEscrowedKey } from '../records/escrow.js';
import { type EncryptionKey, keyOfEasyKey } from '../secrets/encryption-key.js';

export function askEasyKey(prompt: Prompt): Promise<string> {
  return prompt.askHidden('Enter your master encryption key: ');
}

/** @throws {BackupError} with exit code 5 if the escrow has another easy key */
export async function askForEscrowedKey(aws: AwsCli, prompt: Prompt): Promise<EncryptionKey> {
  return fetchEscrowedKey(aws, keyOfEasyKey(await askEasyKey(prompt)));
}

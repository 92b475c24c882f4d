// Prints the escrowed encryption key.
import { stderr, stdout } from 'node:process';
import { BackupError, describeError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { retrieveEscrow } from '../records/escrow.js';
import { keyOfEasyKey } from '../secrets/encryption-key.js';
import { type BucketSettings, connectToBucket } from './connection.js';

export async function downloadKey(place: BucketSettings, context: CommandContext): Promise<number> {
  const aws = connectToBucket(place, context);
  // Only the encryption key goes to standard output, so that scripts can capture it.
  const prompt = new Prompt(stderr, context.interruption);
  const easyKey = await prompt.askHidden('Enter your master encryption key: ');
  if (easyKey === '') throw new BackupError('You need to specify a value');
  prompt.say('Retrieving the key from the S3 bucket...\n\n');
  const content = await retrieveEscrow(aws, keyOfEasyKey(easyKey));
  prompt.say('Success. Here is your backup key:\n\n');
  await printSecret(content);
  prompt.say("\nYou can now use 'encrypted-s3-download-file' to download any file from your S3 backup.\n\n");
  return exitCode.done;
}

async function printSecret(text: string): Promise<void> {
  const error = await new Promise((resolve) => stdout.write(text, resolve));
  if (!error) return;
  throw new BackupError(`The encryption key can't be written to standard output: ${describeError(error)}.`);
}

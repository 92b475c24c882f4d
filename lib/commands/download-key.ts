// The escrowed key, on standard output.
import { stderr, stdout } from 'node:process';
import { BackupError, describeError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { retrieveEscrow } from '../records/escrow.js';
import { keyOfEasyKey } from '../secrets/encryption-key.js';
import { connectToBucket } from './connection.js';

export async function downloadKey(
  profile: string,
  region: string,
  bucket: string,
  context: CommandContext,
): Promise<number> {
  const aws = connectToBucket({ profile, region, bucket }, undefined, context);
  // Only the key goes to standard output, so that it can be captured.
  const prompt = new Prompt(stderr, context.interruption);
  const easyKey = await prompt.askHidden('Enter your master encryption key: ');
  if (easyKey === '') throw new BackupError('You need to specify a value');
  prompt.say('Retrieving the key from the S3 bucket...\n\n');
  const content = await retrieveEscrow(aws, keyOfEasyKey(easyKey));
  prompt.say('Success. Here is your backup key:\n\n');
  await print(content);
  prompt.say("\nYou can now use 'encrypted-s3-download-file' to download any file from your S3 backup.\n\n");
  return exitCode.done;
}

/** @throws {BackupError} if standard output does not take it */
async function print(text: string): Promise<void> {
  const error = await new Promise((resolve) => stdout.write(text, resolve));
  if (error) throw new BackupError(`The key can't be written to standard output: ${describeError(error)}.`);
}

// Prints the escrowed encryption key.
import { stderr, stdout } from 'node:process';
import { BackupError, describeError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readPartialConfig } from '../config/read-config.js';
import { fetchEscrow } from '../records/escrow.js';
import { keyOfEasyKey } from '../secrets/encryption-key.js';
import { askEasyKey } from './ask-key.js';
import { type ConnectionSettings, connectToBucket } from './connection.js';

interface KeyRequest {
  /** PROFILE REGION BUCKET; or nothing, with a config. */
  readonly words: readonly string[];
  readonly configFile: string | undefined;
}

export async function downloadKey(request: KeyRequest, context: CommandContext): Promise<number> {
  const aws = connectToBucket(await findBucket(request, context), context);
  // Only the encryption key goes to standard output, so that scripts can capture it.
  const prompt = new Prompt(stderr, context.interruption);
  const easyKey = await askEasyKey(prompt);
  if (easyKey === '') throw new BackupError('You need to specify a value');
  prompt.say('Retrieving the key from the S3 bucket...\n\n');
  const content = await fetchEscrow(aws, keyOfEasyKey(easyKey));
  prompt.say('Success. Here is your backup key:\n\n');
  await printSecret(content);
  prompt.say("\nYou can now use 'encrypted-s3-download-file' to download any file from your S3 backup.\n\n");
  return exitCode.done;
}

/** The command line overrides the config, which may lack the encryption key: this command is to get it back. */
async function findBucket(
  { words, configFile }: KeyRequest,
  { log }: CommandContext,
): Promise<ConnectionSettings> {
  const isNamed = words.length > 0;
  const config =
    isNamed && configFile === undefined
      ? undefined
      : await readPartialConfig(configFileOrDefault(configFile), log);
  const [profile, region, bucket] = isNamed ? words : [config?.profile, config?.region, config?.bucket];
  if (profile !== undefined && region !== undefined && bucket !== undefined)
    return { ...config, profile, region, bucket };
  throw new BackupError('The config does not name the bucket.', {
    hint: 'It needs AWS_PROFILE, AWS_REGION and AWS_BUCKET. Without a config: encrypted-s3-download-key PROFILE REGION BUCKET.',
  });
}

async function printSecret(text: string): Promise<void> {
  const error = await new Promise((resolve) => stdout.write(text, resolve));
  if (!error) return;
  throw new BackupError(`The encryption key can't be written to standard output: ${describeError(error)}.`);
}

// Stores the encryption key in the bucket (escrow), encrypted with a key that a person can remember.
// The questions are the original's, in its order, so that scripts can answer them through a pipe.
import { stdin, stdout } from 'node:process';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt, wrapped } from '../cli/prompt.js';
import type { PartialConfig } from '../config/backup-config.js';
import { isStandardInput } from '../config/config-file.js';
import { readPartialConfig } from '../config/read-config.js';
import { escrowKey } from '../records/escrow.js';
import { EncryptionKey, fingerprintOf, keyOfEasyKey } from '../secrets/encryption-key.js';
import { askNewEasyKey, SHORTEST_EASY_KEY, strengthOf } from '../setup/easy-key.js';
import { connectToBucket } from './connection.js';

/** For a new bucket: the original's value. */
const RETENTION_DAYS = 30;

const INTRODUCTION = [
  'This program stores your backup key in the bucket itself, so that it survives the loss of this machine.',
  'The backup key is random, and nothing a person remembers. It is therefore protected with a second, easy-to-remember key, which you will be asked for. With the easy key you can get the backup key back, and with the backup key every file.',
  'If you lose this machine and forget the easy key, nobody can restore your files.',
];

interface Answers {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
  readonly encryptionKey: EncryptionKey;
  readonly easyKey: string;
}

/** @param configFile the command asks only for settings that it lacks */
export async function uploadKey(configFile: string | undefined, context: CommandContext): Promise<number> {
  const { log, interruption } = context;
  if (configFile !== undefined && isStandardInput(configFile)) {
    throw new BackupError('The config can not come from standard input, where the answers come from.', {
      hint: 'Give a file, or write <(COMMAND) instead of its name.',
    });
  }
  const config = configFile === undefined ? undefined : await readPartialConfig(configFile, log);
  const prompt = new Prompt(stdout, interruption);
  prompt.say(`\n${INTRODUCTION.map((text) => wrapped(text, stdout.columns)).join('\n\n')}\n\n`);
  const isOnTerminal = stdin.isTTY === true;
  if (!isOnTerminal) await prompt.ask("Now, let's begin. Press Enter to continue.\n");
  const answers = {
    ...(await askSettings(prompt, config)),
    easyKey: await askForEasyKey(prompt, isOnTerminal),
  };
  await confirm(prompt, answers, isOnTerminal);

  const aws = connectToBucket({ ...config, ...answers }, context);
  const escrow = {
    ...answers,
    easyKey: keyOfEasyKey(answers.easyKey),
    retentionDays: config?.retentionDays ?? RETENTION_DAYS,
    storageClass: config?.storageClass ?? 'STANDARD_IA',
  };
  await escrowKey(aws, escrow, log, async (held) => {
    prompt.show(
      held === 'other easy key'
        ? 'The bucket already holds a backup key, stored with another easy-to-remember key.\n'
        : 'The bucket already holds a different backup key.\n',
    );
    const answer = await prompt.ask("Backups made with that key need it. Type 'yes' to replace it: ");
    if (answer !== 'yes') throw new BackupError('Aborted', { hint: 'Nothing was stored.' });
  });
  prompt.say('SUCCESS: Your backup key is archived online\n');
  return exitCode.done;
}

async function askSettings(
  prompt: Prompt,
  config: PartialConfig | undefined,
): Promise<Omit<Answers, 'easyKey'>> {
  const profile = config?.profile ?? ((await prompt.ask('AWS profile to use [default]: ')) || 'default');
  const region = config?.region ?? (await askRequired(prompt, 'AWS region [example: eu-central-1]: '));
  const bucket = config?.bucket ?? (await askRequired(prompt, 'AWS S3 bucket name: '));
  const encryptionKey =
    config?.encryptionKey ??
    new EncryptionKey(required(await prompt.askHidden('Original backup encryption key: ')));
  return { profile, region, bucket, encryptionKey };
}

/** On a terminal the user types a new key twice, and again if it is weak. */
async function askForEasyKey(prompt: Prompt, isOnTerminal: boolean): Promise<string> {
  const question = 'Encryption key for the upload (you MUST remember this key): ';
  if (isOnTerminal) {
    return askNewEasyKey(
      async (isAgain) => required(await prompt.askHidden(isAgain ? 'The same again: ' : question)),
      (problem) => prompt.show(`${wrapped(problem, stdout.columns)}\n`),
    );
  }
  const easyKey = await askRequired(prompt, question);
  if ([...easyKey].length < SHORTEST_EASY_KEY) {
    throw new BackupError('The supplied encryption key is too short', {
      hint: `Use at least ${SHORTEST_EASY_KEY} characters; a sentence is easy to remember.`,
    });
  }
  return easyKey;
}

async function askRequired(prompt: Prompt, question: string): Promise<string> {
  return required(await prompt.ask(question));
}

function required(answer: string): string {
  if (answer === '') throw new BackupError('You need to specify a value');
  return answer;
}

/** Shows no key: anyone who sees the screen or a log of it could read every file. */
async function confirm(
  prompt: Prompt,
  { profile, region, bucket, encryptionKey, easyKey }: Answers,
  isOnTerminal: boolean,
): Promise<void> {
  if (!isOnTerminal)
    await prompt.ask(
      '\nAll settings will now be displayed for you to verify them.\nPress Enter to continue.',
    );
  prompt.show(`
###
### Please verify the below configuration.
###

AWS_PROFILE="${profile}"
AWS_REGION="${region}"
AWS_BUCKET="${bucket}"

# Fingerprint of the backup key: ${fingerprintOf(encryptionKey)}
${isOnTerminal ? `# The easy-to-remember key is ${strengthOf(easyKey)}. You MUST remember it.\n` : ''}
`);
  if ((await prompt.ask("Type 'yes' to confirm the backup configuration: ")) !== 'yes') {
    throw new BackupError('Aborted', { hint: 'Nothing was stored.' });
  }
  prompt.show('\n');
}

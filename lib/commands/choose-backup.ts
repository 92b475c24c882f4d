// Chooses a backup in a bucket, on a machine without a config.
import { stderr, stdin } from 'node:process';
import { parseS3Url } from '../aws/arguments/object-arguments.js';
import { BackupError } from '../cli/errors.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { formatTime } from '../cli/units/times.js';
import { type BackupInBucket, listBackups } from '../records/backups-in-bucket.js';
import { connectToBucket } from './connection.js';

/**
 * @param words PROFILE REGION URL DESTINATION; a URL without a prefix means the bucket's backup
 * @returns the same with the prefix of one backup; if the bucket has several, asks the user on a terminal
 * @throws {BackupError} if the bucket has several, and there is no terminal
 */
export async function chooseBackup(
  words: readonly string[],
  context: CommandContext,
): Promise<readonly string[]> {
  const [profile = '', region = '', url = '', destination = ''] = words;
  const place = parseS3Url(url);
  if (words.length !== 4 || place === undefined || place.key !== '') return words;
  const aws = connectToBucket({ profile, region, bucket: place.bucket }, context);
  const backups = await listBackups(aws);
  const chosen = backups.length < 2 ? backups[0] : await askWhich(backups, context);
  return chosen === undefined
    ? words
    : [profile, region, `s3://${place.bucket}/${chosen.prefix}`, destination];
}

async function askWhich(
  backups: readonly BackupInBucket[],
  { interruption }: CommandContext,
): Promise<BackupInBucket> {
  const lines = backups.map(
    ({ prefix, lastRun }, index) =>
      `${index + 1}  ${printable(prefix === '' ? '(no prefix)' : prefix)}  last run ${formatTime(Date.parse(lastRun))}`,
  );
  const list = [`The bucket has ${backups.length} backups:`, ...lines];
  if (!stdin.isTTY) {
    throw new BackupError(list, { hint: 'Name one by its prefix: s3://BUCKET/PREFIX.' });
  }
  const prompt = new Prompt(stderr, interruption);
  prompt.show(`${list.join('\n')}\n`);
  for (;;) {
    const answer = await prompt.ask(`Which one? [1-${backups.length}] `);
    const chosen = /^\d+$/.test(answer) ? backups[Number(answer) - 1] : undefined;
    if (chosen !== undefined) return chosen;
    if (answer === '') throw new BackupError('No backup was chosen.', { hint: 'Nothing was restored.' });
  }
}

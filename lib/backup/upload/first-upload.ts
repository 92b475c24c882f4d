// The transfer itself: one `aws s3 sync`, its progress, and what it says about single files.
import type { Readable } from 'node:stream';
import { sync, type Upload } from '../../aws/arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { kindOfAwsError } from '../../aws/aws-error.js';
import { splitLines } from '../../aws/split-lines.js';
import type { EncryptionKey } from '../../encryption-key.js';
import type { Log } from '../../terminal/log.js';
import type { Shortfalls } from '../../terminal/shortfalls.js';

/** The AWS CLI's exit code for "done, but something was skipped with a warning". */
export const SKIPPED = 2;
export const WARNING = /^(aws: \[WARNING\]: )?warning: /im;

export const UPLOAD_FAILED = /^upload failed: /m;

export interface Transfer {
  /** About how many files were uploaded: none, or more, is what the next step needs to know. */
  readonly uploaded: number;
}

/**
 * Uploads what `aws s3 sync` finds to be new or changed. What it says of single files goes to syslog: whether they
 * are in the backup, the listing of the bucket tells.
 * @throws {AwsError} if the AWS CLI failed as a whole
 */
export async function transfer(
  aws: AwsCli,
  key: EncryptionKey,
  upload: Upload,
  shortfalls: Shortfalls,
  log: Log,
): Promise<Transfer> {
  const args = sync(upload);
  log.info(`Start transfer for "${upload.localDir}"...`);
  let uploaded = 0;
  let skipped = 0;
  let failed = 0;
  const answer = await aws.run(args, {
    key,
    output: async (stdout) => {
      uploaded = await follow(stdout, log);
    },
    onErrorLine: (line) => {
      if (WARNING.test(line)) skipped += 1;
      if (UPLOAD_FAILED.test(line)) {
        failed += 1;
        shortfalls.uploadFailed(line);
      }
      log.info(line);
    },
  });
  log.progress(undefined);
  // v1 has the same code for a wrong argument.
  const isSkip = answer.exitCode === SKIPPED && skipped > 0;
  const isSingle = failed > 0 && !/^fatal error: /m.test(answer.stderr);
  const isDone = answer.exitCode === 0 || isSkip || isSingle;
  if (!isDone || kindOfAwsError(answer.stderr) === 'sse-c-blocked') throw aws.errorOf(args, answer);
  log.info(`All done. Transferred ${uploaded} files.`);
  return { uploaded };
}

/** Shows the progress and counts the files; the CLI ends a progress text with `\r`. */
async function follow(stdout: Readable, log: Log): Promise<number> {
  let files = 0;
  for await (const line of splitLines(stdout, /[\r\n]+/)) {
    if (/^upload: /.test(line)) files += 1;
    else if (line.startsWith('Completed ')) log.progress(line.trim());
  }
  return files;
}

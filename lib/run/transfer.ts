// The transfer itself: one `aws s3 sync`, its progress, and what it says about single files.
import type { Readable } from 'node:stream';
import { sync, type Upload } from '../aws/arguments.js';
import type { AwsCli } from '../aws/aws-cli.js';
import { RESERVED_PREFIX } from '../aws/bucket.js';
import { splitLines } from '../aws/split-lines.js';
import type { EncryptionKey } from '../encryption-key.js';
import type { Log } from '../terminal/log.js';

/** The AWS CLI's exit code for "done, but something was skipped with a warning". */
const SKIPPED = 2;

/**
 * Makes the prefix equal to the directory.
 * @returns whether every file could be read
 * @throws {AwsError} if the AWS CLI failed, or failed to transfer a file
 */
export async function transfer(aws: AwsCli, key: EncryptionKey, upload: Upload, log: Log): Promise<boolean> {
  const args = sync(upload, upload.prefix === '' ? [`${RESERVED_PREFIX}*`] : []);
  log.info(`Start transfer for "${upload.localDir}"...`);
  let transferred = 0;
  let skipped = 0;
  const answer = await aws.run(args, {
    key,
    output: async (stdout) => {
      transferred = await follow(stdout, log);
    },
    onErrorLine: (line) => {
      if (/^(aws: \[WARNING\]: )?warning: /i.test(line)) {
        skipped += 1;
        log.warn(line.replace(/^.*?warning: /i, ''));
      }
      if (/^(upload|delete) failed: /.test(line)) log.error(line);
    },
  });
  log.progress(undefined);
  // v1 has the same code for a wrong argument.
  const isSkip = answer.exitCode === SKIPPED && skipped > 0;
  if (answer.exitCode !== 0 && !isSkip) throw aws.errorOf(args, answer);
  log.info(`All done. Transferred ${transferred} files.`);
  return answer.exitCode === 0;
}

/** Shows the progress and counts the files; the CLI ends a progress text with `\r`. */
async function follow(stdout: Readable, log: Log): Promise<number> {
  let files = 0;
  for await (const line of splitLines(stdout, /[\r\n]+/)) {
    if (/^(upload|delete): /.test(line)) files += 1;
    else if (line.startsWith('Completed ')) log.progress(line.trim());
  }
  return files;
}

// Uploads single files whatever `aws s3 sync` thinks of them: links to them are staged in a folder, which the
// AWS CLI uploads as a whole, under the names of the links.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Upload, uploadAll } from '../../aws/arguments.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { kindOfAwsError } from '../../aws/aws-error.js';
import type { EncryptionKey } from '../../encryption-key.js';
import { errnoOf } from '../../errors.js';
import type { Log } from '../../terminal/log.js';
import type { Shortfalls } from '../../terminal/shortfalls.js';
import type { Spool } from '../../tree/spool.js';
import { readDue } from '../check.js';
import { SKIPPED, UPLOAD_FAILED, WARNING } from './first-upload.js';

/** What keeps every link away, and not one. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);
/** How many files are staged at a time. */
const BATCH = 1000;

/**
 * Sends the files that are due. Which of them arrived, the next listing tells.
 * @param folder the run's own
 * @throws {AwsError} if the AWS CLI failed as a whole
 */
export async function resend(
  aws: AwsCli,
  key: EncryptionKey,
  upload: Upload,
  due: Spool,
  folder: string,
  shortfalls: Shortfalls,
  log: Log,
): Promise<void> {
  if (due.count === 0) return;
  log.info(`Sending ${due.count} files that the AWS CLI did not see, or that changed meanwhile.`);
  const stage = join(folder, 'stage');
  let staged = 0;
  for await (const { path } of readDue(due)) {
    if (put(stage, path, join(upload.localDir, path))) staged += 1;
    if (staged === BATCH) await send();
  }
  if (staged > 0) await send();

  async function send(): Promise<void> {
    const { bucket, prefix, storageClass } = upload;
    const args = uploadAll(stage, { bucket, key: prefix }, storageClass);
    let [failed, skipped] = [0, 0];
    const onErrorLine = (line: string) => {
      if (WARNING.test(line)) skipped += 1;
      if (UPLOAD_FAILED.test(line)) {
        failed += 1;
        shortfalls.uploadFailed(line);
      }
      log.info(line);
    };
    const answer = await aws.run(args, { key, onErrorLine });
    rmSync(stage, { recursive: true });
    staged = 0;
    // A single file that failed is named later; what concerns them all is told by its cause.
    const isSingle = failed > 0 && kindOfAwsError(answer.stderr) !== 'sse-c-blocked';
    // It is gone by now, or can't be opened.
    const isSkip = answer.exitCode === SKIPPED && skipped > 0;
    if (answer.exitCode !== 0 && !isSingle && !isSkip) throw aws.errorOf(args, answer);
  }
}

/** A path that is too long for a link in the stage is not sent, and so named later. */
function put(stage: string, path: string, target: string): boolean {
  const link = join(stage, path);
  try {
    mkdirSync(dirname(link), { recursive: true, mode: 0o700 });
    symlinkSync(target, link);
    return true;
  } catch (error) {
    if (NO_ROOM.has(errnoOf(error) ?? '')) throw error;
    return false;
  }
}

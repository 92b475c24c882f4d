// The calls that upload files: files that this process holds open, or all of LOCAL_DIR by one `aws s3 sync`.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { s3Url } from '../../aws/arguments/object-arguments.js';
import { syncArguments, uploadAll, uploadOne } from '../../aws/arguments/upload-arguments.js';
import type { AwsAnswer } from '../../aws/aws-call.js';
import { splitLines } from '../../aws/child-output.js';
import type { AwsError } from '../../aws/errors/aws-error.js';
import { isTransient } from '../../aws/errors/error-kinds.js';
import { UploadOutcome } from '../../aws/upload-outcome.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';
import type { Backup } from '../backup.js';
import type { DraftFiles } from '../scan/draft-writer.js';
import type { OpenFile } from './open-batch.js';
import { NOTHING_SENT, type Sent } from './sent.js';

interface UploadResult {
  /** Why a file was not uploaded; `undefined` for one that was. */
  readonly whyNot: (path: string) => string | undefined;
  /** The call's error, if it failed. */
  readonly error: AwsError | undefined;
}

/**
 * Uploads open files by one call: a folder of links, with the files' paths below LOCAL_DIR, leads to their descriptors.
 * @param isAlone whether it is one file, which is uploaded without a folder of links
 * @param onSent called as soon as the AWS CLI says that a file was uploaded
 * @throws {AwsError} if the AWS CLI failed before the first file, with an error that is not transient
 */
export async function uploadOpenFiles(
  backup: Backup,
  files: readonly OpenFile[],
  isAlone: boolean,
  onSent: (file: OpenFile) => void,
): Promise<UploadResult> {
  const { aws, prefix, log } = backup;
  const byPath = new Map(files.map((it) => [it.file.path, it]));
  const outcome = new UploadOutcome(s3Url({ bucket: aws.bucket, key: prefix }), [...byPath.keys()]);
  const folder = backup.fileFor('links');
  const args = uploadArguments(backup, files, isAlone, folder);
  let answer: AwsAnswer;
  try {
    answer = await aws.run(args, {
      output: async (stdout) => {
        for await (const line of splitLines(stdout, /\n/)) {
          const file = byPath.get(outcome.readOutput(line) ?? '');
          if (file !== undefined) onSent(file);
        }
      },
      onErrorLine: (line) => {
        outcome.readError(line);
        if (line !== '') log.info(line);
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const isDone = answer.exitCode === 0;
  const error = isDone ? undefined : aws.errorOf(args, answer);
  if (error !== undefined && !outcome.hasNamedFiles && !isAlone && !isTransient(answer.stderr)) throw error;
  return { whyNot: (path) => outcome.whyNotUploaded(path, isDone, answer.stderr.trim()), error };
}

/** @param folder for the links, created with mode 0700 unless the file is alone */
function uploadArguments(
  { aws: { bucket }, prefix, storageClass }: Backup,
  files: readonly OpenFile[],
  isAlone: boolean,
  folder: string,
): string[] {
  if (!isAlone) mkdirSync(folder, { mode: 0o700 });
  let lastParent = '';
  for (const { file, descriptor } of files) {
    const open = pathOfDescriptor(descriptor);
    if (isAlone) return uploadOne(open, { bucket, key: prefix + file.path }, storageClass);
    const parent = dirname(file.path);
    if (parent !== lastParent) mkdirSync(join(folder, parent), { recursive: true, mode: 0o700 });
    lastParent = parent;
    symlinkSync(open, join(folder, file.path));
  }
  return uploadAll(folder, { bucket, prefix, storageClass });
}

/**
 * Uploads LOCAL_DIR to an empty prefix: see `isSyncSafe`. The check afterwards shows what was really uploaded.
 * @returns what the AWS CLI reports
 * @throws {InterruptedError} if a signal ended it
 */
export async function uploadBySync(backup: Backup, { due, dueBytes }: DraftFiles): Promise<Sent> {
  const { aws, localDir, prefix, storageClass, log } = backup;
  const target = { bucket: aws.bucket, prefix, storageClass };
  log.info(`Uploading "${localDir}" for the first time.`);
  let uploaded = 0;
  const follow = async (stdout: Readable) => {
    for await (const line of splitLines(stdout, /[\r\n]+/)) {
      if (!line.startsWith('upload: ')) continue;
      uploaded += 1;
      log.progress(`Uploading: ${uploaded} of ${due.count} files`);
    }
  };
  const onErrorLine = (line: string) => {
    if (line !== '') log.info(line);
  };
  await aws.run(syncArguments(localDir, target), { output: follow, onErrorLine });
  log.progress(undefined);
  log.info(`Uploaded about ${uploaded} files.`);
  return { ...NOTHING_SENT, sent: uploaded, bytes: dueBytes };
}

// One call of the AWS CLI, which uploads files that this process holds open.
import { s3Url } from '../../aws/arguments/object-arguments.js';
import { uploadAll, uploadOne } from '../../aws/arguments/upload-arguments.js';
import type { AwsAnswer } from '../../aws/aws-cli.js';
import type { AwsError } from '../../aws/aws-error.js';
import { splitLines } from '../../aws/child-output.js';
import { isPassing, UploadOutcome } from '../../aws/upload-outcome.js';
import { pathOfDescriptor } from '../../tree/disk/descriptor-path.js';
import type { Backup } from '../backup.js';
import { type LinkedFile, makeLinks, removeLinks } from './links.js';

export interface UploadResult {
  /** Why a file was not uploaded; `undefined` for one that was. */
  readonly whyNot: (path: string) => string | undefined;
  /** What the call failed by, if it did. */
  readonly error: AwsError | undefined;
}

/**
 * @param files their paths are those below LOCAL_DIR
 * @param isAlone whether it is one file, which goes without a folder of links
 * @param onSent told of each file as soon as the AWS CLI says that it was uploaded
 * @throws {AwsError} if the AWS CLI failed before it came to any file, by an error that will not pass
 */
export async function uploadOpenFiles(
  backup: Backup,
  files: readonly LinkedFile[],
  isAlone: boolean,
  onSent: (path: string) => void,
): Promise<UploadResult> {
  const { aws, encryptionKey, prefix, log } = backup;
  const outcome = new UploadOutcome(
    s3Url({ bucket: aws.bucket, key: prefix }),
    files.map(({ path }) => path),
  );
  const [args, remove] = isAlone ? alone(backup, files) : together(backup, files);
  let answer: AwsAnswer;
  try {
    answer = await aws.run(args, {
      encryptionKey,
      output: async (stdout) => {
        for await (const line of splitLines(stdout, /\n/)) {
          const path = outcome.readOutput(line);
          if (path !== undefined) onSent(path);
        }
      },
      onErrorLine: (line) => {
        outcome.readError(line);
        if (line !== '') log.info(line);
      },
    });
  } finally {
    remove();
  }
  const isDone = answer.exitCode === 0;
  const error = isDone ? undefined : aws.errorOf(args, answer);
  if (error !== undefined && !outcome.hasTold && !isAlone && !isPassing(answer.stderr)) throw error;
  return { whyNot: (path) => outcome.result(path, isDone, answer.stderr.trim()), error };
}

type Call = readonly [args: string[], remove: () => void];

function together(backup: Backup, files: readonly LinkedFile[]): Call {
  const { aws, prefix, config } = backup;
  const folder = backup.fileFor('links');
  makeLinks(folder, files);
  const target = { bucket: aws.bucket, prefix, storageClass: config.storageClass };
  return [uploadAll(folder, target), () => removeLinks(folder)];
}

function alone({ aws, prefix, config }: Backup, [file]: readonly LinkedFile[]): Call {
  if (file === undefined) throw new Error('there is no file to upload');
  const object = { bucket: aws.bucket, key: prefix + file.path };
  return [uploadOne(pathOfDescriptor(file.descriptor), object, config.storageClass), () => undefined];
}

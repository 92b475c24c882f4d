// Downloads one file of the backup, to standard output or to its place, where it appears when it is complete.
import { createReadStream } from 'node:fs';
import { stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { download, downloadVersion, IN_UTC } from '../../aws/arguments/download-arguments.js';
import type { BucketObject } from '../../aws/arguments/object-arguments.js';
import type { AwsCall } from '../../aws/aws-call.js';
import type { AwsCli } from '../../aws/aws-cli.js';
import { BackupError, describeError } from '../../cli/errors.js';
import { withUnlinkedFile } from '../../cli/tmpdir.js';
import type { HeldFolder } from '../destination/held-folder.js';
import { replaceWhenComplete } from '../destination/single-file.js';
import { makeSparse, mayHaveHoles, writeSparsely } from './sparse-file.js';
import { whyNotDownloaded } from './why-not-downloaded.js';

/** The destination that means standard output. */
export const STANDARD_OUTPUT = '-';

/**
 * @param file absolute, or `STANDARD_OUTPUT`
 * @param onComplete called with the path of the complete download, before it gets its name
 * @param isSparse whether it has holes, which should take no space on disk; `undefined` if no tree says so
 * @throws {BackupError} with exit code 5 for the wrong encryption key
 */
export async function fetchFile(
  aws: AwsCli,
  object: BucketObject,
  file: string,
  onComplete?: (path: string) => Promise<void>,
  isSparse?: boolean,
): Promise<void> {
  // The AWS CLI writes older versions to files only.
  const isStreamed = isSparse === true && object.versionId === undefined;
  const fetch = async (args: string[], call: AwsCall, folder?: HeldFolder) => {
    const answer = await aws.run(args, { ...call, environment: IN_UTC });
    if (answer.exitCode === 0) return;
    const stderr = folder?.nameInMessage(answer.stderr) ?? answer.stderr;
    throw await whyNotDownloaded(aws, object, args, { ...answer, stderr });
  };
  if (file !== STANDARD_OUTPUT) {
    await replaceWhenComplete(file, async (path, folder) => {
      if (isStreamed)
        await fetch(download(object, '-'), { output: (content) => writeSparsely(content, path) }, folder);
      else await fetch(download(object, path), {}, folder);
      if (!isStreamed && (isSparse ?? (await mayHaveHoles(path, aws.interruption))))
        await makeSparse(path, aws.interruption);
      await onComplete?.(path);
    });
  } else if (object.versionId === undefined) {
    await fetch(download(object, '-'), { output: stdout.fd });
  } else {
    // The AWS CLI writes an older version only to a file.
    await withUnlinkedFile(async (outputFile) => {
      await fetch(downloadVersion(object), { outputFile });
      await print(outputFile);
    });
  }
}

async function print(descriptor: number): Promise<void> {
  try {
    // The path is ignored, since a descriptor is given.
    const content = createReadStream('', { fd: descriptor, autoClose: false, start: 0 });
    await pipeline(content, stdout, { end: false });
  } catch (error) {
    throw new BackupError(`Can't write the file to standard output: ${describeError(error)}.`);
  }
}

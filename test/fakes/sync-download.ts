// `aws s3 sync s3://… DIR` of the fake `aws`.
import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { bytesOf } from '../../lib/tree/bytes.js';
import { compilePatterns } from '../../lib/tree/patterns.js';
import type { FakeCall } from './call-server.js';
import type { FakeBucket } from './fake-bucket.js';

/** @returns the exit code */
export function syncDownload(
  bucket: FakeBucket,
  call: FakeCall,
  prefix: string,
  directory: string,
  keyHash: string,
): number {
  const patterns = call.argv.flatMap((it) =>
    it.startsWith('--exclude=') ? [it.slice('--exclude='.length)] : [],
  );
  const patternFor = compilePatterns(patterns);
  let exitCode = 0;
  for (const object of bucket.current().values()) {
    const path = object.key.slice(prefix.length);
    const { body } = object;
    if (!object.key.startsWith(prefix) || path.endsWith('/')) continue;
    if (patternFor(bytesOf(path)) !== undefined) continue;
    const file = join(directory, path);
    const existing = isFileAbove(file, directory) ? undefined : statSync(file, { throwIfNoEntry: false });
    const seconds = Math.floor(object.time / 1000);
    // As the AWS CLI: a file of the same size is skipped unless it is newer than the object.
    if (existing?.size === body.length && existing.mtimeMs <= seconds * 1000) continue;
    if (object.keyHash !== keyHash) {
      const why = 'An error occurred (403) when calling the HeadObject operation: Forbidden';
      call.printError(`download failed: s3://bucket/${object.key} to ${file} ${why}\n`);
      exitCode = 1;
      continue;
    }
    // The AWS CLI downloads to a longer, temporary name.
    if (Buffer.byteLength(basename(file)) + '.1234abcd'.length > 255) {
      call.printError(
        `download failed: s3://bucket/${object.key} to ${file} [Errno 36] File name too long\n`,
      );
      exitCode = 1;
      continue;
    }
    if (existing?.isDirectory() || isFileAbove(file, directory)) {
      call.printError(
        `download failed: s3://bucket/${object.key} to ${file} [Errno 17] File exists: '${file}'\n`,
      );
      exitCode = 1;
      continue;
    }
    const made = mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    for (let path = file; made !== undefined && path.length >= made.length; path = dirname(path))
      call.giveToUser(path);
    call.giveToUser(file);
    utimesSync(file, seconds, seconds);
    call.print(`download: s3://bucket/${object.key} to ${file}\n`);
  }
  return exitCode;
}

/** Whether a file is in the place of one of the folders above. */
function isFileAbove(file: string, directory: string): boolean {
  const folders = relative(directory, dirname(file)).split('/').filter(Boolean);
  let folder = directory;
  return folders.some((name) => {
    folder = join(folder, name);
    return existsSync(folder) && statSync(folder).isFile();
  });
}

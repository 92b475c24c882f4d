// `aws s3 sync s3://… DIR` of the fake `aws`: what it fetches, and what it leaves alone.
import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { bytesOf } from '../../lib/tree/bytes.js';
import { compilePatterns } from '../../lib/tree/patterns.js';
import type { Journal } from './journal.js';
import type { FakeCall } from './resident.js';

/** @returns the exit code */
export function downloadAll(
  journal: Journal,
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
  for (const object of journal.current().values()) {
    const path = object.key.slice(prefix.length);
    const { body } = object;
    if (!object.key.startsWith(prefix) || path.endsWith('/')) continue;
    if (patternFor(bytesOf(path)) !== undefined) continue;
    const file = join(directory, path);
    const there = isFileAbove(file, directory) ? undefined : statSync(file, { throwIfNoEntry: false });
    const seconds = Math.floor(object.time / 1000);
    // Not newer than the object, strange as it is.
    if (there?.size === body.length && there.mtimeMs <= seconds * 1000) continue;
    if (object.keyHash !== keyHash) {
      const why = 'An error occurred (403) when calling the HeadObject operation: Forbidden';
      call.complain(`download failed: s3://bucket/${object.key} to ${file} ${why}\n`);
      exitCode = 1;
      continue;
    }
    // Under a longer name while it arrives.
    if (Buffer.byteLength(basename(file)) + '.1234abcd'.length > 255) {
      call.complain(`download failed: s3://bucket/${object.key} to ${file} [Errno 36] File name too long\n`);
      exitCode = 1;
      continue;
    }
    if (there?.isDirectory() || isFileAbove(file, directory)) {
      call.complain(
        `download failed: s3://bucket/${object.key} to ${file} [Errno 17] File exists: '${file}'\n`,
      );
      exitCode = 1;
      continue;
    }
    const made = mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    for (let path = file; made !== undefined && path.length >= made.length; path = dirname(path))
      call.own(path);
    call.own(file);
    utimesSync(file, seconds, seconds);
    call.print(`download: s3://bucket/${object.key} to ${file}\n`);
  }
  return exitCode;
}

/** True if a file is where a folder would have to be. */
function isFileAbove(file: string, directory: string): boolean {
  const folders = relative(directory, dirname(file)).split('/').filter(Boolean);
  let folder = directory;
  return folders.some((name) => {
    folder = join(folder, name);
    return existsSync(folder) && statSync(folder).isFile();
  });
}

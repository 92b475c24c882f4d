// `aws s3 sync s3://… DIR` of the fake `aws`: what it fetches, and what it leaves alone.
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exclusion } from '../../lib/run/exclusion.js';
import { bytesOf } from '../../lib/tree/bytes.js';
import type { Journal } from './journal.js';

/** @param argv for `--exclude=` @returns the exit code */
export function downloadAll(
  journal: Journal,
  prefix: string,
  directory: string,
  argv: readonly string[],
  keyHash: string,
): number {
  const patterns = argv.flatMap((it) => (it.startsWith('--exclude=') ? [it.slice('--exclude='.length)] : []));
  const isExcluded = exclusion(patterns, '/');
  let exitCode = 0;
  for (const object of journal.current().values()) {
    const path = object.key.slice(prefix.length);
    const body = Buffer.from(object.body, 'base64');
    if (!object.key.startsWith(prefix) || path.endsWith('/') || isExcluded(bytesOf(path))) continue;
    const file = join(directory, path);
    const there = statSync(file, { throwIfNoEntry: false });
    const seconds = Math.floor(object.time / 1000);
    // Not newer than the object, strange as it is.
    if (there?.size === body.length && there.mtimeMs <= seconds * 1000) continue;
    if (object.keyHash !== keyHash) {
      const why = 'An error occurred (403) when calling the HeadObject operation: Forbidden';
      process.stderr.write(`download failed: s3://bucket/${object.key} to ${file} ${why}\n`);
      exitCode = 1;
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    utimesSync(file, seconds, seconds);
    process.stdout.write(`download: s3://bucket/${object.key} to ${file}\n`);
  }
  return exitCode;
}

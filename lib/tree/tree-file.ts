// The tree file: what a run saw and knows to be in the bucket, for the next run and for a restore. Gzipped JSON
// lines: a header, a line an entry in the order of the keys, and a line of totals, without which it is torn.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BackupError } from '../cli/errors.js';
import type { Bytes } from './bytes.js';
import type { Entry } from './entry.js';
import { entryOf, keyOfLine } from './entry-line.js';
import type { Batches } from './streams/batches.js';
import { linesOf } from './streams/lines.js';

export const FORMAT = 'encrypted-s3-backup tree';
export const VERSION = 1;
/** How the last line begins. */
const END = '{"end":';

export interface TreeHeader {
  readonly runId: string;
  /** When the run began; ISO 8601. */
  readonly started: string;
  /** The directory on disk. */
  readonly root: string;
  /** Whether the ACLs of files and folders are in it: those without one have none. */
  readonly hasAcls?: boolean;
}

/** How many entries of each type, and the bytes of the files. */
export interface TreeTotals {
  readonly files: number;
  readonly bytes: number;
  readonly directories: number;
  readonly links: number;
}

/** The file is torn, damaged, or no tree file. */
export class DamagedTreeError extends BackupError {}

/** A tree file that has been opened: its header is read and understood, its entries are still to come. */
export interface OpenedTree<T> extends TreeHeader {
  /** In the order of their keys. @throws {DamagedTreeError} at the end, at the latest, of a torn file */
  readonly entries: Batches<T>;
}

/** A line whose entry is read only if it is asked for: in most runs, most lines are as they were. */
export interface TreeLine {
  readonly key: Bytes;
  readonly line: string;
}

export function treeLine(line: string): TreeLine | undefined {
  const key = keyOfLine(line);
  return key === undefined ? undefined : { key, line };
}

/** @param read what to take from a parsed line */
export function parseLinesWith<T>(read: (line: Readonly<Record<string, unknown>>) => T | undefined) {
  return (line: string): T | undefined => {
    const value = objectIn(line);
    return value && read(value);
  };
}

/** The entry of a line. @throws {DamagedTreeError} if there is none */
export function entryIn({ line }: TreeLine): Entry {
  const entry = parseLinesWith(entryOf)(line);
  if (entry === undefined) throw new DamagedTreeError(`The tree file holds a line that is no entry: ${line}`);
  return entry;
}

/**
 * @param file for messages, too
 * @param read what to take from a line; `undefined` for a line that is no entry
 * @throws {DamagedTreeError} if it is no tree file
 * @throws {BackupError} if a later version wrote it
 */
export async function openTree<T extends { readonly key: Bytes }>(
  file: string,
  read: (line: string) => T | undefined,
): Promise<OpenedTree<T>> {
  const batches = batchesOf(file);
  const { value: [first = '', ...others] = [] } = await batches.next();
  const { format, version, runId, started, root, acls } = parse(first, file);
  if (format !== FORMAT) throw damaged(file, 'it does not begin as one');
  if (version !== VERSION) {
    throw new BackupError(
      `The tree file "${file}" has version ${version}, which this program does not know.`,
      {
        hint: 'It was written by a later version of encrypted-s3-backup: update this one.',
      },
    );
  }
  if (typeof runId !== 'string' || typeof started !== 'string' || typeof root !== 'string') {
    throw damaged(file, 'its header is incomplete');
  }
  return { runId, started, root, hasAcls: acls === true, entries: readEntries(others, batches, file, read) };
}

/** @param first the lines after the header that came with it */
async function* readEntries<T extends { readonly key: Bytes }>(
  first: readonly string[],
  batches: AsyncGenerator<readonly string[]>,
  file: string,
  read: (line: string) => T | undefined,
): Batches<T> {
  let previous = '';
  let count = 0;
  const all = (async function* () {
    yield first;
    yield* batches;
  })();
  for await (const lines of all) {
    yield entriesIn(lines);
    if (lines.at(-1)?.startsWith(END)) return;
  }
  throw damaged(file, 'its end is missing');

  function* entriesIn(lines: readonly string[]): Generator<T> {
    for (const line of lines) {
      if (line.startsWith(END)) {
        const { files, directories, links } = parse(line, file) as unknown as TreeTotals;
        if (files + directories + links !== count) throw damaged(file, 'lines are missing');
        return;
      }
      const entry = read(line);
      if (entry === undefined || entry.key <= previous) throw damaged(file, `line ${count + 2} is wrong`);
      previous = entry.key;
      count += 1;
      yield entry;
    }
  }
}

/** Its lines. @throws {DamagedTreeError} where they can't be read */
async function* batchesOf(file: string): AsyncGenerator<readonly string[]> {
  try {
    yield* linesOf(unzipped(file));
  } catch (error) {
    throw damaged(file, error instanceof Error ? error.message : String(error));
  }
}

function unzipped(file: string): Readable {
  const source = createReadStream(file, { highWaterMark: 1 << 12 });
  const gunzip = source.pipe(createGunzip({ chunkSize: 1 << 16 }));
  source.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => source.destroy());
  return gunzip;
}

function parse(line: string, file: string): Readonly<Record<string, unknown>> {
  const value = objectIn(line);
  if (value === undefined) throw damaged(file, 'it holds a line that is no JSON');
  return value;
}

function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function damaged(file: string, why: string): DamagedTreeError {
  return new DamagedTreeError(`"${file}" is no whole tree file: ${why}.`);
}

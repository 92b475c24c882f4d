// Reads a tree file: what a run saw on disk and knows to be in the bucket, for the next run and for a restore. It is
// gzipped JSON lines: a header, one line for each entry in the order of the keys, and the totals. A file without totals
// is torn.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BackupError } from '../cli/errors.js';
import type { Bytes } from './bytes.js';
import type { Entry } from './entry.js';
import { keyOfLine, parseEntry, parseJsonObject } from './entry-line.js';
import type { Batches } from './streams/batches.js';
import { linesOf } from './streams/lines.js';

export const FORMAT = 'encrypted-s3-backup tree';
/**
 * The versions of a tree without kept files and of one with them. A program that knows only the first would restore
 * them.
 */
export const VERSIONS = [1, 2] as const;
/** How the last line begins: it holds the totals. */
const END = '{"end":';

export interface TreeHeader {
  readonly runId: string;
  /** When the run began; ISO 8601. */
  readonly started: string;
  /** LOCAL_DIR, absolute and without links. */
  readonly root: string;
  /** True if the tree has the ACLs of all files and folders with one. */
  readonly hasAcls?: boolean;
  /** True if some of its files are kept; see `Entry.isKept`. */
  readonly hasKept?: boolean;
}

/** How many entries of each type there are, and the bytes of the files. Files that are kept are counted apart. */
export interface TreeTotals {
  readonly files: number;
  readonly bytes: number;
  readonly directories: number;
  readonly links: number;
  readonly kept?: number;
}

/** The file is torn, damaged, or not a tree file. */
export class DamagedTreeError extends BackupError {}

/** A tree file whose header has been read. */
export interface OpenedTree<T> extends TreeHeader {
  /** Sorted by key. @throws {DamagedTreeError} if the file is torn or damaged, at its end at the latest */
  readonly entries: Batches<T>;
}

/** A line whose entry is parsed only if it is needed: most entries of most runs are unchanged. */
export interface TreeLine {
  readonly key: Bytes;
  readonly line: string;
}

export function treeLine(line: string): TreeLine | undefined {
  const key = keyOfLine(line);
  return key === undefined ? undefined : { key, line };
}

/** The entry of a line. @throws {DamagedTreeError} if there is none */
export function entryOfLine({ line }: TreeLine, parse = parseEntry): Entry {
  const entry = parse(line);
  if (entry === undefined) throw new DamagedTreeError(`A line of the tree file is not an entry: ${line}`);
  return entry;
}

/**
 * @param file a path; messages name it
 * @param parse makes an item of a line; `undefined` for a line that is not an entry
 * @throws {DamagedTreeError} if it is not a tree file
 * @throws {BackupError} if a later version of this program wrote it
 */
export async function openTree<T extends { readonly key: Bytes }>(
  file: string,
  parse: (line: string) => T | undefined,
): Promise<OpenedTree<T>> {
  const batches = batchesOf(file);
  const { value: [first = '', ...others] = [] } = await batches.next();
  const { format, version, runId, started, root, acls } = parseJson(first, file);
  if (format !== FORMAT) throw damaged(file, 'its first line is not the header of one');
  const [plain, withKept] = VERSIONS;
  if (version !== plain && version !== withKept) {
    throw new BackupError(
      `The tree file "${file}" has version ${version}, which this program does not know.`,
      {
        hint: 'A later version of encrypted-s3-backup wrote it: update this one.',
      },
    );
  }
  if (typeof runId !== 'string' || typeof started !== 'string' || typeof root !== 'string') {
    throw damaged(file, 'its header is incomplete');
  }
  return {
    runId,
    started,
    root,
    hasAcls: acls === true,
    hasKept: version === withKept,
    entries: readEntries(others, batches, file, parse),
  };
}

/** @param first the lines that came in one batch with the header */
async function* readEntries<T extends { readonly key: Bytes }>(
  first: readonly string[],
  batches: AsyncGenerator<readonly string[], undefined>,
  file: string,
  parse: (line: string) => T | undefined,
): Batches<T> {
  let previous = '';
  let count = 0;
  try {
    for (let lines: readonly string[] | undefined = first; lines !== undefined; ) {
      yield entriesIn(lines);
      if (lines.at(-1)?.startsWith(END)) return;
      lines = (await batches.next()).value;
    }
  } finally {
    // Closes the file if the reader stops early.
    await batches.return(undefined);
  }
  throw damaged(file, 'its last line is missing');

  function* entriesIn(lines: readonly string[]): Generator<T> {
    for (const line of lines) {
      if (line.startsWith(END)) {
        const { files, directories, links, kept = 0 } = parseJson(line, file) as unknown as TreeTotals;
        if (files + directories + links + kept !== count) throw damaged(file, 'lines are missing');
        return;
      }
      const entry = parse(line);
      if (entry === undefined || entry.key <= previous)
        throw damaged(file, `line ${count + 2} is not an entry, or not in order`);
      previous = entry.key;
      count += 1;
      yield entry;
    }
  }
}

/** The lines of the file. @throws {DamagedTreeError} if they can't be read */
async function* batchesOf(file: string): AsyncGenerator<readonly string[], undefined> {
  try {
    yield* linesOf(unzipped(file));
  } catch (error) {
    throw damaged(file, error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

function unzipped(file: string): Readable {
  const source = createReadStream(file, { highWaterMark: 1 << 12 });
  const gunzip = source.pipe(createGunzip({ chunkSize: 1 << 16 }));
  source.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => source.destroy());
  return gunzip;
}

function parseJson(line: string, file: string): Readonly<Record<string, unknown>> {
  const members = parseJsonObject(line);
  if (members === undefined) throw damaged(file, 'a line is not JSON');
  return members;
}

function damaged(file: string, why: string): DamagedTreeError {
  return new DamagedTreeError(`"${file}" is not a whole tree file: ${why}.`);
}

// The journal of a run: what it has sent so far. It is in the state folder from before the first upload until the
// record is stored. A run that finds one knows that the last run did not end, and does not repeat its uploads.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Batches, emptyStream } from '../tree/streams/batches.js';
import { linesOfFile } from '../tree/streams/lines.js';
import { Spool } from '../tree/streams/spool.js';

/** Each pass over the files has a part for each batch, numbered in order. The lines of a part are sorted by key. */
const PART = /^(pass-\d+)-part-\d+$/;
/** The file with the ids of the runs whose records may be the last one: see `Journal`. */
const RUNS = 'runs.json';
/** Ends the name of a part whose batch is being sent. Its lines are in the order of arrival, each with its place. */
const NOTES = '.notes';

export interface UnfinishedRun {
  /** What it has sent, if the bucket still holds it: the lines of each pass, sorted by key. */
  passes(): Batches<string>[];
}

/**
 * The last run, if it did not end. It has no passes if another machine has changed the backup meanwhile, by a run or a
 * rollback: the bucket may no longer hold what it sent.
 * @param folder `undefined` if there is no state folder
 * @param lastRunId of the last record; `undefined` if there is none
 */
export function readUnfinished(
  folder: string | undefined,
  lastRunId: string | undefined,
): UnfinishedRun | undefined {
  if (folder === undefined || !existsSync(folder)) return undefined;
  const isLast = runsIn(folder).includes(lastRunId ?? null);
  return { passes: () => (isLast ? passesIn(folder) : []) };
}

/** Empty if the file is not there, or torn. */
function runsIn(folder: string): readonly unknown[] {
  try {
    return JSON.parse(readFileSync(join(folder, RUNS), 'utf8')) as unknown[];
  } catch {
    return [];
  }
}

function passesIn(folder: string): Batches<string>[] {
  // Something else may have the folder's name.
  const found = statSync(folder).isDirectory() ? readdirSync(folder) : [];
  const names = new Set(found.map((name) => name.replace(NOTES, '')));
  const passes = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const pass = PART.exec(name)?.[1];
    if (pass !== undefined) passes.set(pass, [...(passes.get(pass) ?? []), join(folder, name)]);
  }
  return [...passes.values()].map(linesOfFiles);
}

async function* linesOfFiles(parts: readonly string[]): Batches<string> {
  for (const part of parts) {
    if (existsSync(part)) yield* linesOfFile(part);
    else yield notedLines(`${part}${NOTES}`);
  }
}

/** A batch is small enough to be sorted in memory. */
function notedLines(file: string): string[] {
  const lines = new Map<number, string>();
  // A kill may have cut the last line.
  for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    const end = line.indexOf('\t');
    lines.set(Number(line.slice(0, end)), line.slice(end + 1));
  }
  return [...lines.keys()].sort((a, b) => a - b).map((place) => lines.get(place) ?? '');
}

/** The journal of this run. */
export class Journal {
  readonly #folder: string;
  readonly #runIds: readonly (string | undefined)[];
  readonly #notes = new Map<string, number>();
  #pass = 0;
  #hasBegun = false;

  /**
   * @param folder made by `begin`
   * @param runIds of the last run (`undefined` if there is no record) and of this one, which may be killed when it has
   *   stored its record: under any other record, the journal proves nothing
   */
  constructor(folder: string, runIds: readonly (string | undefined)[]) {
    this.#folder = folder;
    this.#runIds = runIds;
  }

  /**
   * Replaces the journal of an earlier run.
   * @param sent lines for the due files whose content the bucket has, or will have; sorted by key
   */
  async begin(sent: Batches<string> = emptyStream()): Promise<void> {
    const aside = `${this.#folder}.new`;
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside, { mode: 0o700 });
    writeFileSync(join(aside, RUNS), JSON.stringify(this.#runIds), { mode: 0o600 });
    const spool = new Spool(join(aside, partName(0, 0)));
    for await (const lines of sent) for (const line of lines) spool.write(line);
    spool.close();
    rmSync(this.#folder, { recursive: true, force: true });
    renameSync(aside, this.#folder);
    this.#hasBegun = true;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Begins another pass over the files. @returns its number */
  nextPass(): number {
    this.#pass += 1;
    return this.#pass;
  }

  /**
   * Notes at once that the AWS CLI has sent a file, so that a kill in the middle of a batch does not lose it.
   * @param place of the file in its batch
   */
  note(pass: number, part: number, place: number, line: string): void {
    const name = partName(pass, part);
    let descriptor = this.#notes.get(name);
    if (descriptor === undefined) {
      descriptor = openSync(join(this.#folder, `${name}${NOTES}`), 'a', 0o600);
      this.#notes.set(name, descriptor);
    }
    writeSync(descriptor, `${place}\t${line}\n`);
  }

  /** Adds the result of a batch, and removes its notes. Parts may be added in any order. */
  add(pass: number, part: number, lines: readonly string[]): void {
    const name = partName(pass, part);
    const file = join(this.#folder, name);
    const spool = new Spool(`${file}.new`);
    for (const line of lines) spool.write(line);
    spool.close();
    renameSync(`${file}.new`, file);
    const notes = this.#notes.get(name);
    if (notes === undefined) return;
    closeSync(notes);
    this.#notes.delete(name);
    rmSync(`${file}${NOTES}`);
  }

  /** The lines that were added in a pass. */
  lines(pass: number): Batches<string> {
    const names = existsSync(this.#folder) ? readdirSync(this.#folder) : [];
    const parts = names.filter((name) => PART.exec(name)?.[1] === passName(pass)).sort();
    return linesOfFiles(parts.map((name) => join(this.#folder, name)));
  }

  /** Removes the journal: the run has ended. */
  end(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function passName(pass: number): string {
  return `pass-${`${pass}`.padStart(2, '0')}`;
}

function partName(pass: number, part: number): string {
  return `${passName(pass)}-part-${`${part}`.padStart(6, '0')}`;
}

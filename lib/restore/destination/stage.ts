// The stage: a folder in the destination where files arrive before they are moved into place, so that no file is ever
// half written. A restore that ends early leaves it, and the next one continues from there.
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';
import type { Log } from '../../cli/log/log.js';
import { type Bytes, pathOf } from '../../tree/bytes.js';
import { STAGE_PREFIX } from '../../tree/disk/exclusion.js';
import type { PlannedFile } from '../plan/planned-file.js';
import { BulkFolder, bytesOnDisk } from './bulk-folder.js';
import { orNotRestored } from './destination.js';
import { type HeldFolder, REMOVAL } from './held-folder.js';

const BULK = 'bulk';
const SINGLES = 'singles-';
/** The folder of older versions that have arrived whole, named by their keys and version ids. */
const VERSIONS = 'versions';

/** The source of a restore: the same restore finds its stage again, others have their own. */
interface StageSource {
  readonly bucket: string;
  readonly prefix: string;
}

export class Stage {
  /** The destination's stage for this source: new, or cleaned except for whole files. */
  readonly held: HeldFolder;
  readonly bulk: BulkFolder;
  readonly #destination: HeldFolder;
  readonly #name: string;
  /**
   * The folder for files that are fetched singly. Each process has its own: an `aws` outlives a killed restore, and its
   * output must not be taken for a file of the next restore.
   */
  readonly #singles: string;

  /** @throws {BackupError} if it can't be created, belongs to somebody else, or is a link */
  constructor(destination: HeldFolder, source: StageSource) {
    this.#destination = destination;
    this.#name = stageName(source);
    try {
      // For this user alone, so that nobody else can put a link into it.
      this.held = destination.makeOrOpen(this.#name, 0o700);
      const before = readdirSync(this.held.path).filter((name) => name.startsWith(SINGLES));
      this.#singles = mkdtempSync(join(this.held.path, SINGLES));
      // Compared with a new folder, since on some file systems not even that belongs to this user.
      if (statSync(this.held.path).uid !== statSync(this.#singles).uid) {
        rmdirSync(this.#singles);
        throw this.#isOccupiedError();
      }
      for (const name of before) rmSync(join(this.held.path, name), REMOVAL);
      this.bulk = new BulkFolder(join(this.held.path, BULK));
      mkdirSync(join(this.held.path, VERSIONS), { recursive: true, mode: 0o700 });
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      if (errnoOf(error) === 'ENOTDIR') throw this.#isOccupiedError();
      throw new BackupError(`"${this.#path}" can't be made: ${describeError(error)}.`);
    }
  }

  /** The path for a file that is fetched singly. */
  singlePath({ index }: Pick<PlannedFile, 'index'>): string {
    return join(this.#singles, `${index}`);
  }

  /** Removes the rest of a failed download: the AWS CLI notices a wrong checksum only when the file is written. */
  discard(file: Pick<PlannedFile, 'index'>): void {
    rmSync(this.singlePath(file), { force: true });
  }

  /** Keeps a version that has arrived whole for the next restore, if this one ends early. */
  keepVersion(file: PlannedFile): void {
    const kept = this.#versionPath(file);
    if (kept !== undefined) renameSync(this.singlePath(file), kept);
  }

  /** The path of a file that has arrived whole. */
  findArrived(file: PlannedFile): string | Buffer | undefined {
    const { key, wanted, method } = file;
    if (wanted === undefined) return undefined;
    const single = [this.singlePath(file), this.#versionPath(file)].find(
      (path) => path !== undefined && lstatSync(path, { throwIfNoEntry: false })?.size === wanted.size,
    );
    return single ?? (method === 'in bulk' ? this.bulk.find(key, wanted) : undefined);
  }

  /** `undefined` for a file without a version id: the current version may be another one in the next restore. */
  #versionPath({ key, wanted }: PlannedFile): string | undefined {
    if (wanted?.versionId === undefined) return undefined;
    const name = createHash('sha256').update(`${wanted.versionId}\n${key}`, 'latin1').digest('hex');
    return join(this.held.path, VERSIONS, name);
  }

  /** Creates a link to move into place. @throws {NotRestoredError} if the file system refuses */
  makeLink(target: Bytes): string {
    const link = join(this.#singles, 'link');
    rmSync(link, { force: true });
    orNotRestored(() => symlinkSync(pathOf(target), link));
    return link;
  }

  /** Removes the stage, or warns. */
  removeOrWarn(log: Pick<Log, 'warn'>): void {
    try {
      this.held.empty();
      this.#destination.removeEmpty(this.#name);
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      log.warn(
        `"${this.held.name}" can't be removed: ${describeError(error)}. It is no longer needed: remove it when no aws of a killed restore writes there.`,
      );
    }
  }

  /** The paths of the stages of other restores, interrupted or in progress. */
  others(): string[] {
    return readdirSync(this.#destination.path)
      .filter((name) => name.startsWith(STAGE_PREFIX) && name !== this.#name)
      .map((name) => join(this.#destination.name, name));
  }

  get #path(): string {
    return join(this.#destination.name, this.#name);
  }

  #isOccupiedError(): BackupError {
    return new BackupError(`"${this.#path}" is in the way: it is not a folder of this user.`, {
      hint: 'A restore needs this place for the files that have arrived. Remove it.',
    });
  }
}

/** How much space the files take that an earlier restore from `source` has fetched (bytes). */
export function bytesInStage(destination: HeldFolder, source: StageSource): number {
  let stage: HeldFolder;
  try {
    stage = destination.inner(stageName(source));
  } catch {
    return 0;
  }
  try {
    const folders = [BULK, VERSIONS].map((name) => join(stage.path, name));
    const isFolder = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    return folders.filter(isFolder).reduce((sum, folder) => sum + bytesOnDisk(folder), 0);
  } finally {
    stage.close();
  }
}

/** True if a destination is empty except for the stages of earlier restores. */
export function holdsOnlyStages(names: readonly string[]): boolean {
  return names.every((name) => name.startsWith(STAGE_PREFIX));
}

function stageName({ bucket, prefix }: StageSource): string {
  const id = createHash('sha256').update(`${bucket}\n${prefix}`).digest('hex').slice(0, 8);
  return STAGE_PREFIX + id;
}

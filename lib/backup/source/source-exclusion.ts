// What the walk excludes: by the config, the stages of unfinished restores, and the run's own folders.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { relative } from 'node:path';
import { errnoOf } from '../../cli/errors.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { type Bytes, bytesOf, joinPath, pathOf } from '../../tree/bytes.js';
import { type Exclusion, STAGE_PREFIX, type Tag } from '../../tree/disk/exclusion.js';
import { compilePatterns, type MatchPattern } from '../../tree/patterns.js';

/** The rule by which this program excludes its own files. */
export const OWN_FILES = 'own files';

/** The file by which programs mark a folder as a cache: https://bford.info/cachedir/ */
const CACHE_TAG = bytesOf('CACHEDIR.TAG');
/** How its content begins. */
const CACHE_SIGNATURE = Buffer.from('Signature: 8a477f597d28d172789f06886806bc55');
/** Does not follow a link or wait for a FIFO. */
const TAG_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export type ExclusionSettings = Pick<
  BackupConfig,
  'exclude' | 'excludeCaches' | 'excludeIfPresent' | 'excludeLargerThan' | 'oneFileSystem'
>;

interface SourceFacts {
  /** LOCAL_DIR, absolute and without links. */
  readonly localDir: string;
  /** The device of LOCAL_DIR. */
  readonly device: bigint;
  /** Folders of this run; absolute. */
  readonly ownFolders: readonly string[];
}

export class SourceExclusion implements Exclusion {
  readonly hasRules: boolean;
  readonly #settings: ExclusionSettings;
  readonly #device: bigint;
  /** Relative to LOCAL_DIR; each ends in a `/`. */
  readonly #ownFolders: readonly string[];
  readonly #patternFor: MatchPattern;
  readonly #tag: Bytes | undefined;

  constructor(settings: ExclusionSettings, { localDir, device, ownFolders }: SourceFacts) {
    this.#settings = settings;
    this.#device = device;
    this.#ownFolders = ownFolders
      .map((folder) => relative(localDir, folder))
      .filter((path) => path !== '' && !path.startsWith('../') && path !== '..')
      .map((path) => `${bytesOf(path)}/`);
    const { exclude, excludeCaches, excludeIfPresent, excludeLargerThan, oneFileSystem } = settings;
    const isSet = excludeIfPresent !== undefined || excludeLargerThan !== undefined;
    this.hasRules = exclude.length > 0 || excludeCaches || oneFileSystem || isSet;
    this.#patternFor = compilePatterns(exclude);
    this.#tag = excludeIfPresent === undefined ? undefined : bytesOf(excludeIfPresent);
  }

  ruleFor(key: Bytes): string | undefined {
    if (isInStage(key) || this.#ownFolders.some((folder) => key.startsWith(folder))) return OWN_FILES;
    const pattern = this.#patternFor(key);
    return pattern === undefined ? undefined : `EXCLUDE '${pattern}'`;
  }

  ruleForSize(size: number): string | undefined {
    const limit = this.#settings.excludeLargerThan;
    return limit !== undefined && size > limit ? 'EXCLUDE_LARGER_THAN' : undefined;
  }

  ruleForDevice(device: bigint): string | undefined {
    return this.#settings.oneFileSystem && device !== this.#device ? 'ONE_FILE_SYSTEM' : undefined;
  }

  tagIn(path: Bytes, has: (name: Bytes) => boolean): Tag | undefined {
    if (this.#settings.excludeCaches && has(CACHE_TAG) && isCache(path))
      return { name: CACHE_TAG, rule: 'EXCLUDE_CACHES' };
    if (this.#tag !== undefined && has(this.#tag))
      return { name: this.#tag, rule: `EXCLUDE_IF_PRESENT '${this.#settings.excludeIfPresent}'` };
    return undefined;
  }
}

/** True for the stage of a restore to a folder below LOCAL_DIR, which lasts until the restore ends. */
function isInStage(key: Bytes): boolean {
  return key.startsWith(STAGE_PREFIX) || key.includes(`/${STAGE_PREFIX}`);
}

/** True if a folder's CACHEDIR.TAG has the signature; false if it is unreadable. */
function isCache(folder: Bytes): boolean {
  try {
    const descriptor = openSync(pathOf(joinPath(folder, CACHE_TAG)), TAG_FLAGS);
    try {
      if (!fstatSync(descriptor).isFile()) return false;
      const beginning = Buffer.alloc(CACHE_SIGNATURE.length);
      readSync(descriptor, beginning);
      return beginning.equals(CACHE_SIGNATURE);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}

// What the config leaves out, what restores below LOCAL_DIR have not moved into place yet, and the run's own folders.
import { relative } from 'node:path';
import type { BackupConfig } from '../../config/backup-config.js';
import { type Bytes, bytesOf } from '../../tree/bytes.js';
import type { Exclusion, Tag } from '../../tree/disk/exclusion.js';
import { STAGE_NAME } from '../../tree/stage-name.js';
import { CACHE_TAG, isCacheTag } from './cache-tag.js';
import { compilePatterns, type MatchPattern } from './patterns.js';

/** The rule by which this program leaves out what is its own. */
export const OWN_FILES = 'own files';

export type ExclusionSettings = Pick<
  BackupConfig,
  'exclude' | 'excludeCaches' | 'excludeIfPresent' | 'excludeLargerThan' | 'oneFileSystem'
>;

export interface SourceFacts {
  /** LOCAL_DIR, absolute and without links. */
  readonly localDir: string;
  /** The one LOCAL_DIR is on. */
  readonly device: bigint;
  /** Folders of this run; absolute. */
  readonly ownFolders: readonly string[];
}

export function createExclusion(settings: ExclusionSettings, facts: SourceFacts): Exclusion {
  return new ConfiguredExclusion(settings, facts);
}

class ConfiguredExclusion implements Exclusion {
  readonly #settings: ExclusionSettings;
  readonly #device: bigint;
  /** Below LOCAL_DIR; each ends in a `/`. */
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
    this.#patternFor = compilePatterns(settings.exclude);
    const { excludeIfPresent } = settings;
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
    if (this.#settings.excludeCaches && has(CACHE_TAG) && isCacheTag(path))
      return { name: CACHE_TAG, rule: 'EXCLUDE_CACHES' };
    if (this.#tag !== undefined && has(this.#tag))
      return { name: this.#tag, rule: `EXCLUDE_IF_PRESENT '${this.#settings.excludeIfPresent}'` };
    return undefined;
  }
}

/** True for what a restore below LOCAL_DIR keeps in its folder until it has ended. */
function isInStage(key: Bytes): boolean {
  return key.startsWith(STAGE_NAME) || key.includes(`/${STAGE_NAME}`);
}

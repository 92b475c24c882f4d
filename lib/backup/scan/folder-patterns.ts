// Patterns of EXCLUDE that match a folder and no file. As patterns of `aws s3 sync` they exclude nothing, which whoever
// wrote them does not expect.
import type { Bytes } from '../../tree/bytes.js';
import type { Exclusion } from '../../tree/disk/exclusion.js';

const RULE_OF_PATTERN = /^EXCLUDE '(.*)'$/s;

export interface FolderPattern {
  readonly pattern: string;
  /** The first folder that it matches; ends in a `/`. */
  readonly folder: Bytes;
}

export class FolderPatterns {
  readonly #exclusion: Exclusion;
  readonly #folders = new Map<string, Bytes>();
  readonly #effective = new Set<string>();

  constructor(exclusion: Exclusion) {
    this.#exclusion = exclusion;
  }

  /** @param rule has excluded something */
  addEffective(rule: string): void {
    this.#effective.add(rule);
  }

  /** @param key of a folder that is not excluded; ends in a `/` */
  addFolder(key: Bytes): void {
    const rule = this.#exclusion.ruleFor(key.slice(0, -1) as Bytes);
    if (rule !== undefined && !this.#folders.has(rule)) this.#folders.set(rule, key);
  }

  /** At the end of the walk. */
  ineffective(): FolderPattern[] {
    return [...this.#folders].flatMap(([rule, folder]) => {
      const pattern = RULE_OF_PATTERN.exec(rule)?.[1];
      return pattern === undefined || this.#effective.has(rule) ? [] : [{ pattern, folder }];
    });
  }
}

// The files and folders of a backup that the command line names, and whether the bucket had something for each.
import { BackupError } from '../../cli/errors.js';
import { pathInLocalDir } from '../../config/path-in-local-dir.js';
import { type Bytes, bytesOf } from '../../tree/bytes.js';

interface WantedPath {
  readonly given: string;
  /** Relative to LOCAL_DIR, and so to the prefix; '' for everything. */
  readonly path: string;
  isMatched: boolean;
}

export class WantedPaths {
  readonly #paths: readonly WantedPath[];

  /**
   * @param given relative to LOCAL_DIR, or absolute; none means everything
   * @throws {BackupError} for one that is not in LOCAL_DIR
   */
  constructor(given: readonly string[], localDir: string) {
    this.#paths = given.map((it) => {
      // Unlike `.`, it does not mean everything: it may be a variable that is not set.
      if (it === '') throw new BackupError('A PATH is empty.', { hint: 'Leave it out, or name it.' });
      return { given: it, path: pathInLocalDir(it, localDir), isMatched: false };
    });
  }

  /** True if they mean the whole backup. */
  get areAll(): boolean {
    return this.#paths.length === 0 || this.#paths.some(({ path }) => path === '');
  }

  /** Of the keys of all of them. */
  get commonPrefix(): string {
    const [first, ...others] = this.#paths.map(({ path }) => path);
    // By whole characters, since half of one is no prefix of a key.
    const characters = [...(first ?? '')];
    while (!others.every((it) => it.startsWith(characters.join('')))) characters.pop();
    return characters.join('');
  }

  /** Marks the paths that a key, relative to the prefix, is at or below. @returns false if there are none */
  match(key: Bytes): boolean {
    const matching = this.#paths.filter(({ path }) => isAtOrBelow(key, bytesOf(path)));
    for (const wanted of matching) wanted.isMatched = true;
    return matching.length > 0 || this.#paths.length === 0;
  }

  /** Those that no key has matched, as they were given. */
  get unmatched(): string[] {
    return this.#paths.flatMap(({ given, isMatched }) => (isMatched ? [] : given));
  }
}

function isAtOrBelow(key: Bytes, path: Bytes): boolean {
  if (path === '' || key === path) return true;
  return key.startsWith(path.endsWith('/') ? path : `${path}/`);
}

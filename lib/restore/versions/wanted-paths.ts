// The files and folders of a backup that the command line names, and whether they were met.
import { BackupError } from '../../cli/errors.js';
import { type Bytes, bytesOf } from '../../tree/bytes.js';
import { pathInBackup } from '../scope.js';

interface WantedPath {
  readonly given: string;
  /** Relative to LOCAL_DIR, and so to the prefix; '' for everything. */
  readonly path: string;
  isMet: boolean;
}

export class WantedPaths {
  readonly #paths: readonly WantedPath[];

  /**
   * @param given relative to LOCAL_DIR or absolute; none means everything
   * @throws {BackupError} for one that is not in LOCAL_DIR
   */
  constructor(given: readonly string[], localDir: string) {
    this.#paths = given.map((it) => {
      // Not everything, as `.` would: it may be a variable that is not set.
      if (it === '') throw new BackupError('An empty PATH was given.', { hint: 'Leave it out, or name it.' });
      return { given: it, path: pathInBackup(it, localDir), isMet: false };
    });
  }

  /** What the keys of all of them begin with. */
  get beginning(): string {
    const [first, ...others] = this.#paths.map(({ path }) => path);
    // By characters: half of one is no beginning of a key.
    const characters = [...(first ?? '')];
    while (!others.every((it) => it.startsWith(characters.join('')))) characters.pop();
    return characters.join('');
  }

  /** Whether a key, relative to the prefix, is one of them or below one. */
  meet(key: Bytes): boolean {
    let isWanted = this.#paths.length === 0;
    for (const wanted of this.#paths) {
      if (!isAtOrBelow(key, bytesOf(wanted.path))) continue;
      wanted.isMet = true;
      isWanted = true;
    }
    return isWanted;
  }

  /** Those that were not met, as they were given. */
  get missed(): string[] {
    return this.#paths.flatMap(({ given, isMet }) => (isMet ? [] : given));
  }
}

function isAtOrBelow(key: Bytes, path: Bytes): boolean {
  if (path === '' || key === path) return true;
  return key.startsWith(path.endsWith('/') ? path : `${path}/`);
}

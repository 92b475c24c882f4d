// Knows what a backup must not lose during a run, from observations of the disk before, between and after all changes.
import assert from 'node:assert/strict';
import { filesOnDisk, isBelowLink, isReallyGone } from './disk.js';

export interface WitnessOptions {
  readonly root: string;
  readonly followSymlinks: boolean;
  /** Whether a file at the path need not be in the backup. */
  readonly isExcluded: (path: string) => boolean;
}

export class Witness {
  readonly #options: WitnessOptions;
  /** The files in the bucket at the beginning of the run. */
  readonly #before: ReadonlyMap<string, Buffer>;
  /** The paths of `#before` whose files were on disk at every observation. */
  readonly #neverGone = new Set<string>();
  /** The contents in `#before` that were on disk at every observation, under any path. */
  #alwaysOnDisk: Set<string>;

  /** @param before the files in the bucket, by path */
  constructor(before: ReadonlyMap<string, Buffer>, options: WitnessOptions) {
    this.#options = options;
    this.#before = before;
    this.#neverGone = new Set(before.keys());
    this.#alwaysOnDisk = new Set([...before.values()].map((it) => it.toString('latin1')));
    this.observe();
  }

  /** Observes the disk; has to be called after each change. */
  observe(): void {
    const { root, followSymlinks, isExcluded } = this.#options;
    for (const path of this.#neverGone) {
      const isBehindLink = !followSymlinks && isBelowLink(root, path);
      if (isBehindLink || isReallyGone(root, path, followSymlinks)) this.#neverGone.delete(path);
    }
    const files = [...filesOnDisk(root, followSymlinks)].filter(([path]) => !isExcluded(path));
    const contents = new Set(files.map(([, content]) => content.toString('latin1')));
    this.#alwaysOnDisk = new Set([...this.#alwaysOnDisk].filter((it) => contents.has(it)));
  }

  /**
   * Asserts that the bucket has an object for each file that was on disk all the time, and lost no content that was on
   * disk all the time, unless the object of its path has been overwritten: then it is an older version.
   * @param now the files in the bucket, by path
   */
  assertNothingLost(now: ReadonlyMap<string, Buffer>): void {
    this.observe();
    for (const path of this.#neverGone) assert.ok(now.has(path), `lost: ${JSON.stringify(path)}`);
    const contents = new Set([...now.values()].map((it) => it.toString('latin1')));
    for (const [path, body] of this.#before) {
      const content = body.toString('latin1');
      assert.ok(
        !this.#alwaysOnDisk.has(content) || contents.has(content) || now.has(path),
        `deleted as ${JSON.stringify(path)}, although it is on disk under another name: ${content.slice(0, 40)}`,
      );
    }
  }
}

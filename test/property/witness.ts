// What a backup must not lose during a run: it looks at the disk at the beginning, between all changes, and at the end.
import assert from 'node:assert/strict';
import { filesOnDisk, isBelowLink, isReallyGone } from './disk.js';

export interface WitnessOptions {
  readonly root: string;
  readonly followSymlinks: boolean;
  /** Whether it says nothing that a file is there. */
  readonly isExcluded: (path: string) => boolean;
}

export class Witness {
  readonly #options: WitnessOptions;
  /** In the bucket when the run began. */
  readonly #before: ReadonlyMap<string, Buffer>;
  /** The paths of these whose files have never been gone. */
  readonly #never = new Set<string>();
  /** The contents of these that have been on disk all the time, wherever. */
  #always: Set<string>;

  /** @param before the files in the bucket, by path */
  constructor(before: ReadonlyMap<string, Buffer>, options: WitnessOptions) {
    this.#options = options;
    this.#before = before;
    this.#never = new Set(before.keys());
    this.#always = new Set([...before.values()].map((it) => it.toString('latin1')));
    this.look();
  }

  /** To be called whenever the disk has changed. */
  look(): void {
    const { root, followSymlinks, isExcluded } = this.#options;
    for (const path of this.#never) {
      const isBehindLink = !followSymlinks && isBelowLink(root, path);
      if (isBehindLink || isReallyGone(root, path, followSymlinks)) this.#never.delete(path);
    }
    const files = [...filesOnDisk(root, followSymlinks)].filter(([path]) => !isExcluded(path));
    const contents = new Set(files.map(([, content]) => content.toString('latin1')));
    this.#always = new Set([...this.#always].filter((it) => contents.has(it)));
  }

  /**
   * No object is missing whose file was there all the time, and no content: what was overwritten is an older version
   * until the next run sends it, but nothing that is on disk is deleted.
   * @param now the files in the bucket, by path
   */
  assertNothingLost(now: ReadonlyMap<string, Buffer>): void {
    this.look();
    for (const path of this.#never) assert.ok(now.has(path), `lost: ${JSON.stringify(path)}`);
    const contents = new Set([...now.values()].map((it) => it.toString('latin1')));
    for (const [path, body] of this.#before) {
      const content = body.toString('latin1');
      assert.ok(
        !this.#always.has(content) || contents.has(content) || now.has(path),
        `deleted under the name ${JSON.stringify(path)}, and on disk under another one: ${content.slice(0, 40)}`,
      );
    }
  }
}

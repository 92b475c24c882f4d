// Records and trees of earlier runs: downloaded once, and kept in the state folder for 30 days after their last use.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { download } from '../aws/arguments/download-arguments.js';
import { s3Url } from '../aws/arguments/object-arguments.js';
import type { Remote } from '../aws/remote.js';
import { causeOfRefusal, wrongKeyError } from '../aws/sse-c/wrong-key.js';
import { forEachInPool } from '../cli/concurrency.js';
import {
  DamagedRecordError,
  type LastRun,
  parseLastRun,
  RECORD,
  runFolderKey,
  TREE,
} from '../records/last-run.js';
import { keepPrivately, type StateFolder } from '../records/state-folder.js';
import { DamagedTreeError, openTree, treeLine } from '../tree/tree-file.js';
import type { StoredVersion } from './stored-runs.js';

const KEPT = 30 * 24 * 3600 * 1000;

export class HistoryFiles {
  readonly #remote: Remote;
  readonly #runFolder: string;
  readonly #folder: string;

  /** @throws the system's error if the state folder can't be used */
  constructor(remote: Remote, { history, runFolder }: Pick<StateFolder, 'history' | 'runFolder'>) {
    this.#remote = remote;
    this.#runFolder = runFolder;
    this.#folder = history ?? join(runFolder, 'history');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#removeUnused();
  }

  /**
   * The paths of the tree files, in the order of the versions. Downloads several at a time.
   * @returns `undefined` for what is not a tree, with a warning
   * @throws {BackupError} with exit code 5 if one was stored with another encryption key
   */
  trees(versions: readonly StoredVersion[]): Promise<(string | undefined)[]> {
    return this.#each(versions, 'trees', (version) => this.tree(version));
  }

  /** The same for records. */
  records(versions: readonly StoredVersion[]): Promise<(LastRun | undefined)[]> {
    return this.#each(versions, 'records', (version) => this.#record(version));
  }

  async #each<T>(
    versions: readonly StoredVersion[],
    what: string,
    fetch: (version: StoredVersion) => Promise<T>,
  ): Promise<(T | undefined)[]> {
    const { log } = this.#remote;
    const fetched: (T | undefined)[] = [];
    let count = 0;
    await forEachInPool(numbered(versions), async ([index, version]) => {
      try {
        fetched[index] = await fetch(version);
      } catch (error) {
        if (!(error instanceof DamagedTreeError || error instanceof DamagedRecordError)) throw error;
        log.warn(`${error.message} It is left out.`);
      }
      count += 1;
      log.progress(`Fetching ${count} of ${versions.length} ${what}`);
    });
    log.progress(undefined);
    return fetched;
  }

  async #record(version: StoredVersion): Promise<LastRun> {
    const file = await this.#fetch(RECORD, version);
    return parseLastRun(readFileSync(file, 'utf8'), this.#describe(RECORD, version));
  }

  /**
   * The path of a tree file.
   * @throws {DamagedTreeError} if it is not a tree
   * @throws {BackupError} with exit code 5 if it was stored with another encryption key
   */
  async tree(version: StoredVersion): Promise<string> {
    const file = await this.#fetch(TREE, version);
    try {
      for await (const _ of (await openTree(file, treeLine)).entries) break;
      return file;
    } catch (error) {
      if (!(error instanceof DamagedTreeError)) throw error;
      throw new DamagedTreeError(`${this.#describe(TREE, version)} is not a tree of a run.`, {
        hint: 'Name the time of another run with --at: encrypted-s3 runs shows them.',
      });
    }
  }

  #describe(name: string, { versionId }: StoredVersion): string {
    const { aws, prefix } = this.#remote;
    return `${s3Url({ bucket: aws.bucket, key: runFolderKey(prefix) + name })} (version ${versionId})`;
  }

  async #fetch(name: string, { versionId, stored }: StoredVersion): Promise<string> {
    const { aws, prefix } = this.#remote;
    const id = createHash('sha256').update(`${versionId}\n${stored}`).digest('hex').slice(0, 32);
    const file = join(this.#folder, `${id}-${name}`);
    if (existsSync(file)) {
      const now = new Date();
      utimesSync(file, now, now);
      return file;
    }
    const object = { bucket: aws.bucket, key: runFolderKey(prefix) + name, versionId };
    const aside = join(this.#runFolder, `${id}-${name}`);
    const args = download(object, aside);
    const answer = await aws.run(args);
    if (answer.exitCode === 0) {
      keepPrivately(aside, file);
      return file;
    }
    const cause = await causeOfRefusal(aws, object, args, answer);
    this.#remote.log.info(`${s3Url(object)} can't be read.`);
    throw cause === 'wrong key' ? wrongKeyError(object) : cause;
  }

  #removeUnused(): void {
    for (const name of readdirSync(this.#folder)) {
      const file = join(this.#folder, name);
      if (statSync(file).mtimeMs < Date.now() - KEPT) rmSync(file, { force: true });
    }
  }
}

async function* numbered<T>(items: readonly T[]): AsyncGenerator<[number, T]> {
  yield* items.entries();
}

// ACLs given back by setfacl(1), many files a call. Each file is opened when it is handed over: what is moved, put in
// its place or closed to us by a folder's mode after that makes no difference.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { describeError, errnoOf } from '../../cli/errors.js';
import { withoutKey } from '../../secrets/environment.js';
import { type Acl, withoutDefaults } from '../../tree/acl.js';
import type { Bytes } from '../../tree/bytes.js';
import { orNotRestored } from '../destination/destination.js';

/** Linux's O_PATH, which Node does not name: no right to read is needed. */
const O_PATH = 0o10000000;
/** How many files are held open. */
const HELD = 200;
/** The child's first descriptor after its standard ones. */
const FIRST = 3;

interface Held {
  readonly key: Bytes;
  readonly descriptor: number;
}

/** Told of a file that is without its ACL, and why, in words that end a sentence. */
export type OnAclFailure = (key: Bytes, why: string) => void;

export class AclSetter {
  readonly #onFailure: OnAclFailure;
  /** By their ACLs: many files have the same. */
  #held = new Map<Acl, Held[]>();
  #count = 0;

  constructor(onFailure: OnAclFailure) {
    this.#onFailure = onFailure;
  }

  /**
   * Sees to it that a file or folder gets its ACL, in place of one that it has, by the next `flush` at the latest. Its
   * mode is that of the ACL then.
   * @param path leads only where it should, since it is followed
   * @throws {NotRestored} if it can't be opened
   */
  give(path: string | Buffer, key: Bytes, acl: Acl): void {
    const descriptor = orNotRestored(() => openSync(path, O_PATH));
    const entries = key.endsWith('/') ? acl : withoutDefaults(acl);
    const alike = this.#held.get(entries);
    if (alike === undefined) this.#held.set(entries, [{ key, descriptor }]);
    else alike.push({ key, descriptor });
    this.#count += 1;
    if (this.#count >= HELD) this.flush();
  }

  /** Gives all ACLs that are still to be given. */
  flush(): void {
    const held = this.#held;
    this.#held = new Map();
    this.#count = 0;
    for (const [acl, files] of held) this.#set(acl, files);
  }

  #set(acl: Acl, files: readonly Held[]): void {
    const paths = files.map((_, at) => `/dev/fd/${FIRST + at}`);
    const { status, error, stderr } = spawnSync('setfacl', ['-k', `--set=${acl}`, '--', ...paths], {
      stdio: ['ignore', 'ignore', 'pipe', ...files.map(({ descriptor }) => descriptor)],
      env: { ...withoutKey(), LC_ALL: 'C' },
      encoding: 'utf8',
    });
    for (const { descriptor } of files) closeSync(descriptor);
    if (status === 0) return;
    if (error !== undefined) {
      for (const { key } of files) this.#onFailure(key, whyNotStarted(error));
      return;
    }
    // It goes on after a file that it could not do, and names each.
    const failed = new Map(
      [...stderr.matchAll(/^setfacl: \/dev\/fd\/(\d+): (.*)$/gm)].map(([, at, why]) => [
        Number(at) - FIRST,
        why,
      ]),
    );
    for (const [at, { key }] of files.entries()) {
      const why = failed.size === 0 ? 'setfacl failed' : failed.get(at);
      if (why !== undefined) this.#onFailure(key, why);
    }
  }
}

function whyNotStarted(error: Error): string {
  if (errnoOf(error) === 'ENOENT') return 'setfacl is not installed (Debian: apt install acl)';
  return `setfacl can't be started: ${describeError(error)}`;
}

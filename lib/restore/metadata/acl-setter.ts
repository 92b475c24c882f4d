// Sets ACLs with setfacl(1), many files in one call. A file is opened when it is added, so that it may be moved or
// replaced before its ACL is set.
import { closeSync, openSync } from 'node:fs';
import { describeError, errnoOf } from '../../cli/errors.js';
import { runProgram } from '../../cli/start-program.js';
import { type Acl, withoutDefaults } from '../../tree/acl.js';
import type { Bytes } from '../../tree/bytes.js';
import { orNotRestored } from '../destination/destination.js';
import { O_PATH } from '../destination/held-folder.js';

/** How many files are held open. */
const MAX_OPEN = 200;
/** The child's first descriptor after its standard ones. */
const FIRST_DESCRIPTOR = 3;

interface OpenFile {
  readonly key: Bytes;
  readonly descriptor: number;
}

/** @param reason why the file has not got its ACL: the end of a sentence */
export type OnAclFailure = (key: Bytes, reason: string) => void;

export class AclSetter {
  readonly #onFailure: OnAclFailure;
  /** The open files by their ACLs, since many files have the same. */
  readonly #waiting = new Map<Acl, OpenFile[]>();
  #count = 0;

  constructor(onFailure: OnAclFailure) {
    this.#onFailure = onFailure;
  }

  /**
   * Gives the file or folder this ACL and no other, by the next `flush` at the latest. That sets its mode, too.
   * @param path must lead to the file itself, since links are followed
   * @throws {NotRestoredError} if it can't be opened
   */
  add(path: string | Buffer, key: Bytes, acl: Acl): void {
    const descriptor = orNotRestored(() => openSync(path, O_PATH));
    const entries = key.endsWith('/') ? acl : withoutDefaults(acl);
    const alike = this.#waiting.get(entries);
    if (alike === undefined) this.#waiting.set(entries, [{ key, descriptor }]);
    else alike.push({ key, descriptor });
    this.#count += 1;
    if (this.#count >= MAX_OPEN) this.flush();
  }

  flush(): void {
    for (const [acl, files] of this.#waiting) this.#set(acl, files);
    this.#waiting.clear();
    this.#count = 0;
  }

  #set(acl: Acl, files: readonly OpenFile[]): void {
    const paths = files.map((_, at) => `/dev/fd/${FIRST_DESCRIPTOR + at}`);
    const { status, error, stderr } = runProgram('setfacl', ['-k', `--set=${acl}`, '--', ...paths], {
      stdio: ['ignore', 'ignore', 'pipe', ...files.map(({ descriptor }) => descriptor)],
      env: { ...process.env, LC_ALL: 'C' },
      encoding: 'utf8',
    });
    for (const { descriptor } of files) closeSync(descriptor);
    if (status === 0) return;
    // It continues after a file that fails, and names each that does.
    const failed = new Map<string | undefined, string | undefined>(
      [...(stderr ?? '').matchAll(/^setfacl: (\/dev\/fd\/\d+): (.*)$/gm)].map(([, path, why]) => [path, why]),
    );
    for (const [at, { key }] of files.entries()) {
      const reason = failed.size === 0 ? reasonOfFailure(error) : failed.get(paths[at]);
      if (reason !== undefined) this.#onFailure(key, reason);
    }
  }
}

function reasonOfFailure(error: Error | undefined): string {
  if (error === undefined) return 'setfacl failed';
  if (errnoOf(error) === 'ENOENT') return 'setfacl is not installed (Debian: apt install acl)';
  return `setfacl can't be started: ${describeError(error)}`;
}

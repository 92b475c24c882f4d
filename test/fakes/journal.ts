// The fake bucket: versions of objects, in a journal that only grows.

export interface StoredVersion {
  readonly key: string;
  readonly id: string;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly time: number;
  /** Not there for a delete marker. */
  readonly body?: Buffer;
  /** SHA-256 of the key it was stored with, or nothing. */
  readonly keyHash?: string;
}

export type StoredObject = StoredVersion & { readonly body: Buffer };

/** Not so for a delete marker. */
export function isObject(version: StoredVersion): version is StoredObject {
  return version.body !== undefined;
}

export class Journal {
  readonly #versions: StoredVersion[] = [];
  /** Of keys and ids that are no more. */
  readonly #removed = new Set<string>();
  #stored = 0;
  exists = false;
  isVersioned = false;
  /** What the bucket is set to, as JSON, by the names of the AWS CLI's options. */
  readonly settings = new Map<string, string>();
  /** A server that takes the headers of SSE-C, and neither encrypts nor asks for a key. */
  ignoresKeys = false;
  /** What the server tells of an object's checksum; nothing, as Ceph. */
  checksumsOf: (body: Buffer) => object = () => ({});

  /** @param body `undefined` for a delete marker */
  add(key: string, body: Buffer | undefined, keyHash?: string, time = Date.now()): void {
    this.#stored += 1;
    this.#versions.push({
      key,
      id: `version-${this.#stored}`,
      time,
      ...(body === undefined ? {} : { body }),
      ...(keyHash === undefined ? {} : { keyHash }),
    });
  }

  /** @param id of the version or delete marker that is removed for good */
  removeVersion(key: string, id: string): void {
    this.#removed.add(`${[key, id]}`);
  }

  /** The oldest first. */
  versions(): StoredVersion[] {
    return this.#versions.filter(({ key, id }) => !this.#removed.has(`${[key, id]}`));
  }

  version(key: string, id: string): StoredVersion | undefined {
    return this.versions().find((it) => it.key === key && it.id === id);
  }

  /** What is current, by key, in the order of the keys' bytes. */
  current(): Map<string, StoredObject> {
    const latest = new Map(this.versions().map((version) => [version.key, version]));
    const there = [...latest].filter((pair): pair is [string, StoredObject] => isObject(pair[1]));
    return new Map(there.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  }
}

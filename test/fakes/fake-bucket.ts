// The fake bucket: all versions of its objects, in memory.

export interface StoredVersion {
  readonly key: string;
  readonly id: string;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly time: number;
  /** Absent in a delete marker. */
  readonly body?: Buffer;
  /** SHA-256 of the encryption key; absent in an object without SSE-C. */
  readonly keyHash?: string;
}

export type StoredObject = StoredVersion & { readonly body: Buffer };

/** Whether a version is an object, not a delete marker. */
export function isObject(version: StoredVersion): version is StoredObject {
  return version.body !== undefined;
}

export class FakeBucket {
  readonly #versions: StoredVersion[] = [];
  /** The keys and ids of removed versions. */
  readonly #removed = new Set<string>();
  #stored = 0;
  exists = false;
  isVersioned = false;
  /** The bucket's settings, by the name of the AWS CLI's option, with the value that the option had. */
  readonly settings = new Map<string, string>();
  /** The server accepts the headers of SSE-C, and neither encrypts nor checks the key. */
  ignoresKeys = false;
  /** The checksums that the server reports for an object; none by default, like Ceph. */
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

  /** @param id of the version or delete marker to remove permanently */
  removeVersion(key: string, id: string): void {
    this.#removed.add(`${[key, id]}`);
  }

  /** All versions and delete markers, the oldest first. */
  versions(): StoredVersion[] {
    return this.#versions.filter(({ key, id }) => !this.#removed.has(`${[key, id]}`));
  }

  version(key: string, id: string): StoredVersion | undefined {
    return this.versions().find((it) => it.key === key && it.id === id);
  }

  /** The current objects by key, sorted by the keys' bytes. */
  current(): Map<string, StoredObject> {
    const latest = new Map(this.versions().map((version) => [version.key, version]));
    const there = [...latest].filter((pair): pair is [string, StoredObject] => isObject(pair[1]));
    return new Map(there.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  }
}

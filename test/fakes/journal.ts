// The fake bucket: versions of objects, as lines of a journal that only grows. A line is one write, and begins with a
// newline, so that whoever is killed in the middle of one leaves a line that is skipped.
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface StoredVersion {
  readonly key: string;
  readonly id: string;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly time: number;
  /** base64; not there for a delete marker. */
  readonly body?: string;
  /** SHA-256 of the key it was stored with, or nothing. */
  readonly keyHash?: string;
}

export type StoredObject = StoredVersion & { readonly body: string };

/** Not so for a delete marker. */
export function isObject(version: StoredVersion): version is StoredObject {
  return version.body !== undefined;
}

/** How much the server's clock is ahead of ours (ms). */
const CLOCK_OFFSET = Number(process.env['FAKE_CLOCK_OFFSET'] ?? 0);

interface Line {
  readonly bucket?: true;
  readonly versioned?: true;
  readonly version?: StoredVersion;
  /** Key and id of a version that is no more. */
  readonly removed?: readonly [string, string];
}

export class Journal {
  readonly #file: string;
  /** As the file was when it had this size. */
  #read: { readonly size: number; readonly lines: Line[] } = { size: 0, lines: [] };

  constructor(folder: string) {
    this.#file = join(folder, 'journal');
  }

  makeBucket(): void {
    this.#append({ bucket: true });
  }

  enableVersioning(): void {
    this.#append({ versioned: true });
  }

  get exists(): boolean {
    return this.#lines().some((line) => line.bucket);
  }

  get isVersioned(): boolean {
    return this.#lines().some((line) => line.versioned);
  }

  /** @param body `undefined` for a delete marker */
  add(
    key: string,
    body: Buffer | undefined,
    keyHash?: string,
    time: number = Date.now() + CLOCK_OFFSET,
  ): void {
    const version: StoredVersion = {
      key,
      id: `${process.pid}-${process.hrtime.bigint()}`,
      time,
      ...(body === undefined ? {} : { body: body.toString('base64') }),
      ...(keyHash === undefined ? {} : { keyHash }),
    };
    this.#append({ version });
  }

  /** @param id of the version or delete marker that is removed for good; '' for a new delete marker */
  delete(key: string, id: string): void {
    if (id === '') this.add(key, undefined);
    else this.#append({ removed: [key, id] });
  }

  /** The oldest first. */
  versions(): StoredVersion[] {
    const lines = this.#lines();
    const removed = new Set(lines.flatMap((line) => (line.removed === undefined ? [] : `${line.removed}`)));
    return lines.flatMap(({ version }) =>
      version === undefined || removed.has(`${[version.key, version.id]}`) ? [] : version,
    );
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

  #append(line: Line): void {
    appendFileSync(this.#file, `\n${JSON.stringify(line)}`);
  }

  #lines(): Line[] {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size !== this.#read.size) this.#read = { size, lines: size === 0 ? [] : linesIn(this.#file) };
    return this.#read.lines;
  }
}

function linesIn(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return [JSON.parse(text) as Line];
      } catch {
        return [];
      }
    });
}

// The fake bucket: versions of objects, as lines of a journal that only grows. A line is one write, and begins with a
// newline, so that whoever is killed in the middle of one leaves a line that is skipped.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
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

/** How much the server's clock is ahead of ours (ms). */
const CLOCK_OFFSET = Number(process.env['FAKE_CLOCK_OFFSET'] ?? 0);

interface Line {
  readonly bucket?: true;
  readonly versioned?: true;
  readonly version?: StoredVersion;
}

export class Journal {
  readonly #file: string;

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
  add(key: string, body: Buffer | undefined, keyHash?: string): void {
    const version: StoredVersion = {
      key,
      id: `${process.pid}-${process.hrtime.bigint()}`,
      time: Date.now() + CLOCK_OFFSET,
      ...(body === undefined ? {} : { body: body.toString('base64') }),
      ...(keyHash === undefined ? {} : { keyHash }),
    };
    this.#append({ version });
  }

  /** The oldest first. */
  versions(): StoredVersion[] {
    return this.#lines().flatMap((line) => line.version ?? []);
  }

  /** What is current, by key, in the order of the keys' bytes. */
  current(): Map<string, StoredVersion & { readonly body: string }> {
    const latest = new Map<string, StoredVersion>();
    for (const version of this.versions()) latest.set(version.key, version);
    const there = [...latest].filter(
      (pair): pair is [string, StoredVersion & { body: string }] => pair[1].body !== undefined,
    );
    return new Map(there.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  }

  #append(line: Line): void {
    appendFileSync(this.#file, `\n${JSON.stringify(line)}`);
  }

  #lines(): Line[] {
    if (!existsSync(this.#file)) return [];
    return readFileSync(this.#file, 'utf8')
      .split('\n')
      .flatMap((text) => {
        try {
          return [JSON.parse(text) as Line];
        } catch {
          return [];
        }
      });
  }
}

// Writes a tree file, as tree-file.ts reads it.
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BackupError, describeError } from '../cli/errors.js';
import type { Entry } from './entry.js';
import { TextBuffer } from './streams/lines.js';
import { FORMAT, type TreeHeader, type TreeTotals, VERSIONS } from './tree-file.js';

/** How much text is collected before it is compressed (characters). */
const FLUSH = 1 << 15;

export class TreeWriter {
  readonly #output: Writable;
  readonly #sink: Writable;
  readonly #ended: Promise<void>;
  #totals = { files: 0, bytes: 0, directories: 0, links: 0 };
  #kept = 0;
  #buffered = '';
  readonly #bytes = new TextBuffer();
  /** The compression of the text that was flushed last, while the next lines are collected. */
  #written = Promise.resolve();

  constructor(file: string, header: TreeHeader) {
    const gzip = createGzip({ level: 3 });
    const sink = gzip.pipe(createWriteStream(file, { mode: 0o600 }));
    gzip.on('error', (error) => sink.destroy(error));
    this.#ended = finished(sink).catch((error) => fail(file, error));
    // `close` throws the failure, and so does a flush that finds the stream destroyed.
    this.#ended.catch(() => gzip.destroy());
    this.#output = gzip;
    this.#sink = sink;
    const { runId, started, root, hasAcls, hasKept } = header;
    const version = VERSIONS[hasKept ? 1 : 0];
    const acls = hasAcls ? { acls: true } : {};
    this.#buffered = `${JSON.stringify({ format: FORMAT, version, runId, started, root, ...acls })}\n`;
  }

  /**
   * @param line of `formatEntry`
   * @returns a promise to wait for, if there is one, before the next entry
   * @throws {BackupError} if the disk takes no more
   */
  write({ type, inode, isKept }: Entry, line: string): Promise<void> | undefined {
    if (isKept) this.#kept += 1;
    else if (type === 'file') {
      this.#totals.files += 1;
      this.#totals.bytes += inode.size;
    } else if (type === 'directory') this.#totals.directories += 1;
    else this.#totals.links += 1;
    this.#buffered += `${line}\n`;
    return this.#buffered.length < FLUSH ? undefined : this.#flush();
  }

  /** Writes the totals and waits until all of it is in the file. @throws {BackupError} if the disk takes no more */
  async close(): Promise<TreeTotals> {
    const totals = { ...this.#totals, ...(this.#kept > 0 && { kept: this.#kept }) };
    this.#buffered += `${JSON.stringify({ end: true, ...totals })}\n`;
    await this.#flush();
    this.#output.end();
    await this.#ended;
    return totals;
  }

  /** Gives up: the file stays without totals. */
  async abandon(): Promise<void> {
    this.#output.destroy();
    this.#sink.destroy(); // A destroyed stream does not end the one it is piped to.
    await this.#ended.catch(() => undefined);
  }

  async #flush(): Promise<void> {
    await this.#written;
    if (this.#output.destroyed) await this.#ended;
    this.#written = this.#write(this.#bytes.encode(this.#buffered));
    this.#buffered = '';
  }

  /** Resolves when `bytes` are compressed, so that their buffer is free again, or the stream is destroyed. */
  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#output.off('close', done);
        resolve();
      };
      this.#output.on('close', done).write(bytes, done);
    });
  }
}

function fail(file: string, error: unknown): never {
  throw new BackupError(`Can't write the tree file "${file}": ${describeError(error)}.`, {
    hint: 'Free some space there, or set XDG_STATE_HOME to a folder with more of it.',
    cause: error,
  });
}

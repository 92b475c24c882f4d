// Writes a tree file; see tree-file.ts for what it is.
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BackupError, describeError } from '../cli/errors.js';
import type { Entry } from './entry.js';
import { TextBuffer } from './streams/text-buffer.js';
import { FORMAT, type TreeHeader, type TreeTotals, VERSION } from './tree-file.js';

export class TreeWriter {
  readonly #output: Writable;
  readonly #sink: Writable;
  readonly #ended: Promise<void>;
  #totals = { files: 0, bytes: 0, directories: 0, links: 0 };
  #buffered = '';
  readonly #bytes = new TextBuffer();
  /** Compressed beside what comes next. */
  #written = Promise.resolve();

  constructor(file: string, header: TreeHeader) {
    const gzip = createGzip({ level: 3 });
    const sink = gzip.pipe(createWriteStream(file, { mode: 0o600 }));
    gzip.on('error', (error) => sink.destroy(error));
    this.#ended = finished(sink).catch((error) => fail(file, error));
    // Its failure is told by `close`, or by the write that waits for it.
    this.#ended.catch(() => gzip.destroy());
    this.#output = gzip;
    this.#sink = sink;
    const { runId, started, root, hasAcls } = header;
    const acls = hasAcls ? { acls: true } : {};
    this.#buffered = `${JSON.stringify({ format: FORMAT, version: VERSION, runId, started, root, ...acls })}\n`;
  }

  /** @param line of `formatEntry`. A promise is returned when the disk has to be waited for. */
  write({ type, inode }: Entry, line: string): Promise<void> | undefined {
    if (type === 'file') {
      this.#totals.files += 1;
      this.#totals.bytes += inode.size;
    } else if (type === 'directory') this.#totals.directories += 1;
    else this.#totals.links += 1;
    this.#buffered += `${line}\n`;
    return this.#buffered.length < 1 << 15 ? undefined : this.#flush();
  }

  /** Writes the totals and waits until everything is in the file. */
  async close(): Promise<TreeTotals> {
    this.#buffered += `${JSON.stringify({ end: true, ...this.#totals })}\n`;
    await this.#flush();
    this.#output.end();
    await this.#ended;
    return this.#totals;
  }

  /** Gives up; the file is without an end. */
  async abandon(): Promise<void> {
    this.#output.destroy();
    this.#sink.destroy(); // Nobody else would end it.
    await this.#ended.catch(() => undefined);
  }

  async #flush(): Promise<void> {
    await this.#written;
    if (this.#output.destroyed) await this.#ended;
    this.#written = this.#write(this.#bytes.encode(this.#buffered));
    this.#buffered = '';
  }

  /** Compressed, and `bytes` are free again; or given up, which ends the stream without a word. */
  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.#output.off('close', go);
        resolve();
      };
      this.#output.on('close', go).write(bytes, go);
    });
  }
}

function fail(file: string, error: unknown): never {
  throw new BackupError(`The tree file "${file}" can't be written: ${describeError(error)}.`, {
    hint: 'Free some space there, or set XDG_STATE_HOME to a folder that has it.',
    cause: error,
  });
}

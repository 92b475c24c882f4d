// `aws s3` of the fake: transfers between the fake bucket and the disk.
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { keyIn } from './aws-arguments.js';
import { BucketCall } from './bucket-call.js';
import { Ended } from './call-server.js';
import { syncDownload } from './sync-download.js';
import { filesToUpload, isReadable, type Source } from './sync-upload-walk.js';

export class S3Call extends BucketCall {
  #exitCode = 0;

  /** @returns the exit code */
  async answer(): Promise<number> {
    const { operation } = this.args;
    const [from, to] = this.args.sourceAndDestination;
    if (operation === 'sync' && from.startsWith('s3://'))
      this.#exitCode = syncDownload(this.bucket, this.call, keyIn(from), to, this.keyHash());
    else if (operation === 'sync') await this.#sync(from, keyIn(to));
    else if (operation !== 'cp') this.unexpected();
    else if (from === '-') this.add(keyIn(to), Buffer.from(await this.call.input()), this.keyHash());
    else if (this.args.has('--recursive')) await this.#uploadAll(from, keyIn(to));
    else if (from.startsWith('s3://')) this.#download(keyIn(from), to);
    else await this.#upload({ path: keyIn(to), file: from }, '');
    return this.#exitCode;
  }

  async #uploadAll(directory: string, prefix: string): Promise<void> {
    for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const file = join(directory, path);
      const stats = statSync(file, { throwIfNoEntry: false });
      if (stats?.isFile()) await this.#upload({ path, file }, prefix);
      // The target of a link in the stage may be gone.
      if (stats !== undefined) continue;
      this.call.printError(`warning: Skipping file ${file}. File does not exist.\n`);
      this.#exitCode = 2;
    }
  }

  #download(key: string, to: string): void {
    const { body, time } = this.findReadable(key, 'HeadObject', 'fatal error: ');
    if (to === '-') {
      this.call.print(body);
      return;
    }
    const file = this.call.path(to);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    utimesSync(file, Math.floor(time / 1000), Math.floor(time / 1000));
    this.call.giveToUser(file);
  }

  /** Lists the bucket and the disk first, then uploads one file after the other. */
  async #sync(local: string, prefix: string): Promise<void> {
    const stored = this.bucket.current();
    const { sources, warnings } = filesToUpload(local, {
      followSymlinks: !this.args.has('--no-follow-symlinks'),
      exclude: this.args.exclusions,
    });
    for (const warning of warnings) {
      this.call.printError(`warning: Skipping file ${warning}\n`);
      this.#exitCode = 2;
    }
    for (const source of sources) {
      const object = stored.get(prefix + source.path);
      const isStored = object !== undefined && object.body.length === source.size;
      // S3 reports times in whole seconds.
      if (isStored && source.mtime <= Math.floor(object.time / 1000) * 1000) continue;
      await this.#upload(source, prefix);
    }
  }

  async #upload({ path, file }: Pick<Source, 'path' | 'file'>, prefix: string): Promise<void> {
    await nextTurn(); // Lets other calls run in between.
    if (this.call.isGone) throw new Ended(undefined);
    const url = `s3://${this.args.bucket}/${prefix}${path}`;
    const failed = (why: string) => {
      this.call.printError(`upload failed: ./${path} to ${url} ${why}\n`);
      this.#exitCode = 1;
    };
    const number = this.faults.next('put');
    const applyFault = (when: 'before' | 'after') => this.faults.apply(this.call, 'put', number, when);
    const before = applyFault('before');
    if (before === 'fail') return failed(this.#putError());
    const failure = this.faults.failureOfPut(prefix + path);
    if (failure !== undefined) return failed(failure);
    try {
      const stats = statSync(file);
      // Reading a FIFO would block.
      if (!isReadable(stats) || !stats.isFile()) throw new Error('Permission denied');
      this.#put(prefix + path, readFileSync(file), before === 'lie');
    } catch (error) {
      return failed(`[Errno 2] ${error}`);
    }
    if (applyFault('after') === 'fail') return failed(this.#putError());
    this.call.print(`upload: ./${path} to ${url}\n`);
  }

  #putError(): string {
    return (
      this.faults.words ?? 'An error occurred (InternalError) when calling the PutObject operation: Injected'
    );
  }

  /** Lies only where a listing can show it, that is, where no object of the same size is stored: the clocks may differ. */
  #put(key: string, body: Buffer, isLie: boolean): void {
    if (isLie && this.bucket.current().get(key)?.body.length !== body.length) this.lies.add(key);
    else this.add(key, body, this.keyHash());
  }
}

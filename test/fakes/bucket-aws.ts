// A fake `aws` with a bucket behind it, for tests that run the commands hundreds of times. It behaves as the real
// one where the commands rely on it, and fails on everything else.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AwsArguments, type Deletion, keyIn } from './aws-arguments.js';
import { downloadAll } from './download-all.js';
import { Faults, type Met } from './fault.js';
import { isObject, Journal, type StoredObject } from './journal.js';
import { firstObjects, objectPages, versionsPage } from './listings.js';
import { Ended, type FakeCall, Resident } from './resident.js';
import { isReadable, type Source, sourcesOf } from './sync-walk.js';

export class BucketAws {
  readonly resident: Resident;
  readonly journal = new Journal();
  readonly faults = new Faults();
  /** The keys that the fake has told to be put or deleted, and has not. */
  readonly lies = new Set<string>();

  /** @param folder where its socket is made */
  constructor(folder: string) {
    this.resident = new Resident(folder, (call) => new BucketCall(this, call).answer());
  }
}

class BucketCall {
  readonly #journal: Journal;
  readonly #faults: Faults;
  readonly #lies: Set<string>;
  readonly #call: FakeCall;
  readonly #args: AwsArguments;
  #exitCode = 0;

  constructor({ journal, faults, lies }: BucketAws, call: FakeCall) {
    this.#journal = journal;
    this.#faults = faults;
    this.#lies = lies;
    this.#call = call;
    this.#args = new AwsArguments(call.argv);
  }

  async answer(): Promise<number> {
    const number = this.#faults.next('call');
    this.#failIf(this.#faults.meet(this.#call, 'call', number, 'before'));
    if (this.#args.command === 's3') await this.#s3();
    else if (this.#args.command === '--version') this.#call.print('aws-cli/2.31.5 Python/3.13.7 Linux/6\n');
    else if (this.#args.operation === 'get-caller-identity')
      this.#call.print('123456789012\tarn:aws:iam::123456789012:user/backup\n');
    else this.#s3api();
    this.#failIf(this.#faults.meet(this.#call, 'call', number, 'after'));
    return this.#exitCode;
  }

  #failIf(met: Met): void {
    if (met === 'lie') this.#lie();
    if (met === 'fail')
      this.#end(255, this.#faults.words ?? 'Could not connect to the endpoint URL: "https://fake/"');
  }

  /** Of deletions only: those of other calls are told by their puts. */
  #lie(): void {
    if (this.#args.operation !== 'delete-objects') return;
    for (const { Key } of this.#args.deletions) this.#lies.add(Key);
    throw new Ended(0);
  }

  async #s3(): Promise<void> {
    const { operation } = this.#args;
    const [from, to] = this.#args.places;
    if (operation === 'sync' && from.startsWith('s3://'))
      this.#exitCode = downloadAll(this.#journal, this.#call, keyIn(from), to, this.#keyHash());
    else if (operation === 'sync') await this.#sync(from, keyIn(to));
    else if (operation !== 'cp') this.#unexpected();
    else if (from === '-') this.#add(keyIn(to), Buffer.from(await this.#call.input()), this.#keyHash());
    else if (this.#args.has('--recursive')) await this.#uploadAll(from, keyIn(to));
    else if (from.startsWith('s3://')) this.#download(keyIn(from), to);
    else await this.#upload({ path: keyIn(to), file: from }, '', true);
  }

  async #uploadAll(directory: string, prefix: string): Promise<void> {
    for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const file = join(directory, path);
      const stats = statSync(file, { throwIfNoEntry: false });
      if (stats?.isFile()) await this.#upload({ path, file }, prefix, true);
      // What a link in the stage leads to may be gone.
      if (stats !== undefined) continue;
      this.#call.complain(`warning: Skipping file ${file}. File does not exist.\n`);
      this.#exitCode = 2;
    }
  }

  #download(key: string, to: string): void {
    const { body, time } = this.#findReadable(key, 'HeadObject', 'fatal error: ');
    if (to === '-') {
      this.#call.print(body);
      return;
    }
    const file = this.#call.path(to);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    utimesSync(file, Math.floor(time / 1000), Math.floor(time / 1000));
    this.#call.own(file);
  }

  /** Looks at the bucket and the disk first, and uploads then, one after the other. */
  async #sync(local: string, prefix: string): Promise<void> {
    const stored = this.#journal.current();
    const { sources, warnings } = sourcesOf(local, {
      followSymlinks: !this.#args.has('--no-follow-symlinks'),
      exclude: this.#args.exclusions,
    });
    for (const warning of warnings) {
      this.#call.complain(`warning: Skipping file ${warning}\n`);
      this.#exitCode = 2;
    }
    for (const source of sources) {
      const object = stored.get(prefix + source.path);
      const isStored = object !== undefined && object.body.length === source.size;
      // S3 tells whole seconds.
      if (isStored && source.mtime <= Math.floor(object.time / 1000) * 1000) continue;
      await this.#upload(source, prefix, true);
    }
  }

  async #upload(
    { path, file }: Pick<Source, 'path' | 'file'>,
    prefix: string,
    isTold: boolean,
  ): Promise<void> {
    await nextTurn(); // Other calls get theirs.
    if (this.#call.isGone) throw new Ended(undefined);
    const url = `s3://${this.#args.bucket}/${prefix}${path}`;
    const failed = (why: string) => {
      this.#call.complain(`upload failed: ./${path} to ${url} ${why}\n`);
      this.#exitCode = 1;
    };
    const number = this.#faults.next('put');
    const meet = (when: 'before' | 'after') => this.#faults.meet(this.#call, 'put', number, when);
    const before = meet('before');
    if (before === 'fail') return failed(this.#putError());
    const refusal = this.#faults.refusal(prefix + path);
    if (refusal !== undefined) return failed(refusal);
    try {
      const stats = statSync(file);
      // A FIFO would be waited for.
      if (!isReadable(stats) || !stats.isFile()) throw new Error('Permission denied');
      this.#put(prefix + path, readFileSync(file), before === 'lie');
    } catch (error) {
      return failed(`[Errno 2] ${error}`);
    }
    if (meet('after') === 'fail') return failed(this.#putError());
    if (isTold) this.#call.print(`upload: ./${path} to ${url}\n`);
  }

  #putError(): string {
    return (
      this.#faults.words ?? 'An error occurred (InternalError) when calling the PutObject operation: Injected'
    );
  }

  /** A lie that no listing shows is left out: an object of the same size is there, and the clocks may be apart. */
  #put(key: string, body: Buffer, isLie: boolean): void {
    if (isLie && this.#journal.current().get(key)?.body.length !== body.length) this.#lies.add(key);
    else this.#add(key, body, this.#keyHash());
  }

  /** FAKE_CLOCK_OFFSET: how much the server's clock is ahead of ours (ms). */
  #add(key: string, body: Buffer | undefined, keyHash?: string): void {
    const offset = Number(this.#call.environment['FAKE_CLOCK_OFFSET'] ?? 0);
    this.#journal.add(key, body, keyHash, Date.now() + offset);
  }

  #s3api(): void {
    const journal = this.#journal;
    const key = this.#args.option('--key');
    const calls: Readonly<Record<string, () => void>> = {
      'head-bucket': () => this.#bucketOrEnd('HeadBucket', '404'),
      'get-bucket-location': () => {
        this.#bucketOrEnd('GetBucketLocation', 'NoSuchBucket');
        this.#call.print('eu-central-1\n');
      },
      'create-bucket': () => {
        journal.exists = true;
      },
      'put-bucket-versioning': () => {
        journal.isVersioned = true;
      },
      'put-bucket-lifecycle-configuration': () => this.#setBucket('--lifecycle-configuration'),
      'put-bucket-encryption': () => this.#setBucket('--server-side-encryption-configuration'),
      'put-public-access-block': () => this.#setBucket('--public-access-block-configuration'),
      'get-bucket-lifecycle-configuration': () =>
        this.#getBucket('--lifecycle-configuration', 'NoSuchLifecycleConfiguration'),
      'get-bucket-encryption': () =>
        this.#getBucket(
          '--server-side-encryption-configuration',
          'ServerSideEncryptionConfigurationNotFoundError',
        ),
      'get-public-access-block': () =>
        this.#getBucket('--public-access-block-configuration', 'NoSuchPublicAccessBlockConfiguration'),
      'get-object-lock-configuration': () =>
        this.#getBucket('--object-lock-configuration', 'ObjectLockConfigurationNotFoundError'),
      'get-bucket-versioning': () => this.#call.print(journal.isVersioned ? 'Enabled\n' : 'None\n'),
      'list-objects-v2': () => this.#list(this.#args.option('--prefix')),
      'list-object-versions': () => this.#listVersions(this.#args.option('--prefix')),
      'get-object': () => this.#getObject(key, this.#args.option('--version-id')),
      'head-object': () => this.#head(key, this.#args.option('--version-id')),
      'delete-object': () => this.#delete(key, this.#args.option('--version-id')),
      'delete-objects': () => this.#deleteObjects(this.#args.deletions),
    };
    (calls[this.#args.operation] ?? (() => this.#unexpected()))();
  }

  #setBucket(option: string): void {
    this.#journal.settings.set(option, this.#args.after(option));
  }

  #getBucket(option: string, absent: string): void {
    const value = this.#journal.settings.get(option);
    if (value === undefined)
      this.#end(254, `An error occurred (${absent}) when calling the Get operation: x`);
    this.#call.print(asPrinted(option, value));
  }

  /** @param id of the version or delete marker that is removed for good; '' for a new delete marker */
  #delete(key: string, id: string): void {
    if (id === '') this.#add(key, undefined);
    else this.#journal.removeVersion(key, id);
  }

  #deleteObjects(objects: readonly Deletion[]): void {
    if (objects.length > 1000)
      this.#end(254, 'An error occurred (MalformedXML) when calling the DeleteObjects operation: x');
    for (const { Key, VersionId = '' } of objects) this.#delete(Key, VersionId);
  }

  /** @param id of the version, or '' */
  #head(key: string, id: string): void {
    const object = this.#findReadable(key, 'HeadObject', '', id);
    const LastModified = new Date(Math.floor(object.time / 1000) * 1000).toISOString();
    if (this.#args.has('--checksum-mode'))
      this.#call.print(JSON.stringify({ LastModified, ...this.#journal.checksumsOf(object.body) }));
    if (this.#args.has('[VersionId,LastModified]'))
      this.#call.print(`${this.#journal.isVersioned ? object.id : 'None'}	${LastModified}
`);
  }

  /** @param id of the version, or '' */
  #getObject(key: string, id: string): void {
    const { body } = this.#findReadable(key, 'GetObject', '', id);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(this.#args.option('--range')) ?? [];
    const file = this.#call.path(this.#args.all.at(-1) ?? '');
    // As the AWS CLI, which describes the object.
    this.#call.print('bytes\n');
    writeFileSync(file, first === undefined ? body : body.subarray(Number(first), Number(last) + 1));
    if (!/^\/(dev|proc)\//.test(file)) this.#call.own(file);
  }

  #listVersions(prefix: string): void {
    this.#bucketOrEnd('ListObjectVersions', 'NoSuchBucket');
    this.#call.print(JSON.stringify(versionsPage(this.#journal, prefix, this.#args.marker)));
  }

  #list(prefix: string): void {
    this.#bucketOrEnd('ListObjectsV2', 'NoSuchBucket');
    const count = Number(this.#args.after('--max-keys'));
    this.#call.print(
      count > 0 ? firstObjects(this.#journal, prefix, count) : objectPages(this.#journal, prefix),
    );
  }

  /** The object or that version of it, if the key at hand, or none, is the one it was stored with. */
  #findReadable(key: string, operation: string, before: string, id = ''): StoredObject {
    const refuse = (code: string, words = 'x'): never =>
      this.#end(
        before === '' ? 254 : 1,
        `${before}An error occurred (${code}) when calling the ${operation} operation: ${words}`,
      );
    const isHead = operation === 'HeadObject';
    const object = id === '' ? this.#journal.current().get(key) : this.#journal.version(key, id);
    if (object === undefined) return refuse(id === '' ? '404' : 'NoSuchVersion');
    if (!isObject(object)) return refuse('MethodNotAllowed');
    if (this.#journal.ignoresKeys) return object;
    const isKeyGiven = this.#args.has('fileb:///dev/fd/3');
    if (object.keyHash !== undefined && !isKeyGiven)
      return isHead
        ? refuse('400', 'Bad Request')
        : refuse('InvalidRequest', 'The object was stored using a form of Server Side Encryption.');
    if (object.keyHash !== (isKeyGiven ? this.#keyHash() : undefined))
      return isHead ? refuse('403', 'Forbidden') : refuse('AccessDenied', 'Access Denied');
    return object;
  }

  #bucketOrEnd(operation: string, code: string): void {
    if (!this.#journal.exists)
      this.#end(254, `An error occurred (${code}) when calling the ${operation} operation: Not Found`);
  }

  #keyHash(): string {
    const key = readFileSync(this.#call.keyFile);
    if (key.length !== 32) this.#end(99, 'the key has not 32 bytes');
    return createHash('sha256').update(key).digest('hex');
  }

  #unexpected(): never {
    return this.#end(99, `fake aws: unexpected: ${JSON.stringify(this.#args.all)}`);
  }

  #end(code: number, message: string): never {
    this.#call.complain(`${message}\n`);
    throw new Ended(code);
  }
}

/** What the AWS CLI prints of a setting, given what it was set with. */
function asPrinted(option: string, value: string): string {
  if (option === '--lifecycle-configuration') return value;
  if (option === '--server-side-encryption-configuration')
    return `{"ServerSideEncryptionConfiguration":${value}}`;
  const names = value.split(',').map((pair) => `"${pair.replace('=', '":')}`);
  return `{"PublicAccessBlockConfiguration":{${names.join(',')}}}`;
}

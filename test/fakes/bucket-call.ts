// What all calls of the fake `aws` with a bucket share.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AwsArguments } from './aws-arguments.js';
import { Ended, type FakeCall } from './call-server.js';
import { type FakeBucket, isObject, type StoredObject } from './fake-bucket.js';
import type { Faults } from './fault.js';

/** The fake bucket, and the faults of its server. */
export interface FakeS3 {
  readonly bucket: FakeBucket;
  readonly faults: Faults;
  /** The keys that the fake has reported as put or deleted without doing so. */
  readonly lies: Set<string>;
}

export class BucketCall {
  readonly args: AwsArguments;
  protected readonly bucket: FakeBucket;
  protected readonly faults: Faults;
  protected readonly lies: Set<string>;
  protected readonly call: FakeCall;

  constructor({ bucket, faults, lies }: FakeS3, call: FakeCall) {
    this.bucket = bucket;
    this.faults = faults;
    this.lies = lies;
    this.call = call;
    this.args = new AwsArguments(call.argv);
  }

  /** The environment variable FAKE_CLOCK_OFFSET is how much the server's clock is ahead of ours (ms). */
  protected add(key: string, body: Buffer | undefined, keyHash?: string): void {
    const offset = Number(this.call.environment['FAKE_CLOCK_OFFSET'] ?? 0);
    this.bucket.add(key, body, keyHash, Date.now() + offset);
  }

  /** Finds the object, or the version `id` of it. Ends the call unless it was stored with the encryption key that is given now. */
  protected findReadable(key: string, operation: string, before: string, id = ''): StoredObject {
    const refuse = (code: string, words = 'x'): never =>
      this.end(
        before === '' ? 254 : 1,
        `${before}An error occurred (${code}) when calling the ${operation} operation: ${words}`,
      );
    const isHead = operation === 'HeadObject';
    const object = id === '' ? this.bucket.current().get(key) : this.bucket.version(key, id);
    if (object === undefined) return refuse(id === '' ? '404' : 'NoSuchVersion');
    if (!isObject(object)) return refuse('MethodNotAllowed');
    if (this.bucket.ignoresKeys) return object;
    const isKeyGiven = this.args.has('fileb:///dev/fd/3');
    if (object.keyHash !== undefined && !isKeyGiven)
      return isHead
        ? refuse('400', 'Bad Request')
        : refuse('InvalidRequest', 'The object was stored using a form of Server Side Encryption.');
    if (object.keyHash !== (isKeyGiven ? this.keyHash() : undefined))
      return isHead ? refuse('403', 'Forbidden') : refuse('AccessDenied', 'Access Denied');
    return object;
  }

  protected bucketOrEnd(operation: string, code: string): void {
    if (!this.bucket.exists)
      this.end(254, `An error occurred (${code}) when calling the ${operation} operation: Not Found`);
  }

  protected keyHash(): string {
    const key = readFileSync(this.call.keyFile);
    if (key.length !== 32) this.end(99, 'the key has not 32 bytes');
    return createHash('sha256').update(key).digest('hex');
  }

  unexpected(): never {
    return this.end(99, `fake aws: unexpected: ${JSON.stringify(this.args.all)}`);
  }

  end(code: number, message: string): never {
    this.call.printError(`${message}\n`);
    throw new Ended(code);
  }
}

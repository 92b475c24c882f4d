// One call of the fake `aws`, and what its answer is made of.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AwsArguments } from './aws-arguments.js';
import type { Faults } from './fault.js';
import { isObject, type Journal, type StoredObject } from './journal.js';
import { Ended, type FakeCall } from './resident.js';

/** The bucket behind the fake, and what is wrong with it. */
export interface FakeBucket {
  readonly journal: Journal;
  readonly faults: Faults;
  /** The keys that the fake has told to be put or deleted, and has not. */
  readonly lies: Set<string>;
}

export class BucketCall {
  readonly args: AwsArguments;
  protected readonly journal: Journal;
  protected readonly faults: Faults;
  protected readonly lies: Set<string>;
  protected readonly call: FakeCall;

  constructor({ journal, faults, lies }: FakeBucket, call: FakeCall) {
    this.journal = journal;
    this.faults = faults;
    this.lies = lies;
    this.call = call;
    this.args = new AwsArguments(call.argv);
  }

  /** FAKE_CLOCK_OFFSET: how much the server's clock is ahead of ours (ms). */
  protected add(key: string, body: Buffer | undefined, keyHash?: string): void {
    const offset = Number(this.call.environment['FAKE_CLOCK_OFFSET'] ?? 0);
    this.journal.add(key, body, keyHash, Date.now() + offset);
  }

  /** The object or that version of it, if the key at hand, or none, is the one it was stored with. */
  protected findReadable(key: string, operation: string, before: string, id = ''): StoredObject {
    const refuse = (code: string, words = 'x'): never =>
      this.end(
        before === '' ? 254 : 1,
        `${before}An error occurred (${code}) when calling the ${operation} operation: ${words}`,
      );
    const isHead = operation === 'HeadObject';
    const object = id === '' ? this.journal.current().get(key) : this.journal.version(key, id);
    if (object === undefined) return refuse(id === '' ? '404' : 'NoSuchVersion');
    if (!isObject(object)) return refuse('MethodNotAllowed');
    if (this.journal.ignoresKeys) return object;
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
    if (!this.journal.exists)
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
    this.call.complain(`${message}\n`);
    throw new Ended(code);
  }
}

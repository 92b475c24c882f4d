// A fake `aws` with a fake bucket, for tests that run commands hundreds of times. It behaves like the AWS CLI where the
// commands rely on it, and fails on everything else.
import { BucketCall, type FakeS3 } from './bucket-call.js';
import { CallServer, Ended, type FakeCall } from './call-server.js';
import { FakeBucket } from './fake-bucket.js';
import { type FaultEffect, Faults } from './fault.js';
import { S3Call } from './s3-call.js';
import { S3ApiCall } from './s3api-call.js';

export class BucketAws implements FakeS3 {
  readonly callServer: CallServer;
  readonly bucket = new FakeBucket();
  readonly faults = new Faults();
  readonly lies = new Set<string>();

  /** @param folder for the socket */
  constructor(folder: string) {
    this.callServer = new CallServer(folder, (call) => this.#answer(call));
  }

  async #answer(call: FakeCall): Promise<number> {
    const number = this.faults.next('call');
    this.#applyEffect(this.faults.apply(call, 'call', number, 'before'), call);
    const exitCode = await this.#carryOut(call);
    this.#applyEffect(this.faults.apply(call, 'call', number, 'after'), call);
    return exitCode;
  }

  async #carryOut(call: FakeCall): Promise<number> {
    const { args } = new BucketCall(this, call);
    if (args.command === 's3') return new S3Call(this, call).answer();
    if (args.command === '--version') call.print('aws-cli/2.31.5 Python/3.13.7 Linux/6\n');
    else if (args.operation === 'get-caller-identity')
      call.print('123456789012\tarn:aws:iam::123456789012:user/backup\n');
    else new S3ApiCall(this, call).answer();
    return 0;
  }

  #applyEffect(effect: FaultEffect, call: FakeCall): void {
    const bucketCall = new BucketCall(this, call);
    if (effect === 'lie') this.#lie(bucketCall);
    if (effect === 'fail')
      bucketCall.end(255, this.faults.words ?? 'Could not connect to the endpoint URL: "https://fake/"');
  }

  /** Handles deletions only: s3-call.ts handles the puts. */
  #lie({ args }: BucketCall): void {
    if (args.operation !== 'delete-objects') return;
    for (const { Key } of args.deletions) this.lies.add(Key);
    throw new Ended(0);
  }
}

// A fake `aws` with a bucket behind it, for tests that run the commands hundreds of times. It behaves as the real
// one where the commands rely on it, and fails on everything else.
import { BucketCall, type FakeBucket } from './bucket-call.js';
import { Faults, type Met } from './fault.js';
import { Journal } from './journal.js';
import { Ended, type FakeCall, Resident } from './resident.js';
import { S3Call } from './s3-call.js';
import { S3ApiCall } from './s3api-call.js';

export class BucketAws implements FakeBucket {
  readonly resident: Resident;
  readonly journal = new Journal();
  readonly faults = new Faults();
  readonly lies = new Set<string>();

  /** @param folder where its socket is made */
  constructor(folder: string) {
    this.resident = new Resident(folder, (call) => this.#answer(call));
  }

  async #answer(call: FakeCall): Promise<number> {
    const number = this.faults.next('call');
    this.#failIf(this.faults.meet(call, 'call', number, 'before'), call);
    const exitCode = await this.#carryOut(call);
    this.#failIf(this.faults.meet(call, 'call', number, 'after'), call);
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

  #failIf(met: Met, call: FakeCall): void {
    const bucketCall = new BucketCall(this, call);
    if (met === 'lie') this.#lie(bucketCall);
    if (met === 'fail')
      bucketCall.end(255, this.faults.words ?? 'Could not connect to the endpoint URL: "https://fake/"');
  }

  /** Of deletions only: those of other calls are told by their puts. */
  #lie({ args }: BucketCall): void {
    if (args.operation !== 'delete-objects') return;
    for (const { Key } of args.deletions) this.lies.add(Key);
    throw new Ended(0);
  }
}

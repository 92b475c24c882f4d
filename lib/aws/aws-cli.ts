// The AWS CLI for one bucket, with one profile and, for calls that name it, one encryption key.
import type { Interruption } from '../cli/signals/interruption.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { headBucket } from './arguments/bucket-arguments.js';
import { commandToPaste } from './arguments/connection-arguments.js';
import type { AwsAnswer, AwsCall, AwsSettings } from './aws-call.js';
import { AwsError } from './errors/aws-error.js';
import { kindOfAwsError } from './errors/error-kinds.js';
import { startAws } from './start-aws.js';

/** The AWS CLI's name for the profile that it uses if none is named. */
export const DEFAULT_PROFILE = 'default';

export class AwsCli {
  readonly bucket: string;
  /** For commands in hints. */
  readonly profile: string;
  /** True if the profile limits the bandwidth of each process: several processes would use a multiple of it. */
  readonly limitsBandwidth: boolean;
  readonly #settings: AwsSettings;

  constructor(settings: AwsSettings) {
    this.bucket = settings.bucket;
    this.profile = settings.profile ?? DEFAULT_PROFILE;
    this.limitsBandwidth = settings.limitsBandwidth === true;
    this.#settings = settings;
  }

  /** The same AWS CLI with this encryption key. */
  withKey(encryptionKey: EncryptionKey): AwsCli {
    return new AwsCli({ ...this.#settings, encryptionKey });
  }

  /**
   * Runs `aws` and waits until it ends. It does not throw for an exit code other than 0.
   * @throws {InterruptedError} after the child has ended, if a signal arrived
   * @throws {BackupError} if `aws` can't be started, or would send the key to another user's program
   */
  async run(args: readonly string[], call: AwsCall = {}): Promise<AwsAnswer> {
    const answer = await startAws(this.#settings, args, call);
    this.#settings.log(`aws ${args.slice(0, 2).join(' ')}: exit code ${answer.exitCode}`);
    return answer;
  }

  /** The same as `run`, but @throws {AwsError} for an exit code other than 0. */
  async runOrThrow(args: readonly string[], call: AwsCall = {}): Promise<AwsAnswer> {
    const answer = await this.run(args, call);
    if (answer.exitCode !== 0) throw this.errorOf(args, await this.#withMissingBucket(answer));
    return answer;
  }

  /**
   * The answer of a failed call; with NoSuchBucket if that is its hidden reason. Version 1 of the AWS CLI hides the code
   * of an error without a message, which Ceph sends. A HEAD request proves that the bucket is missing.
   */
  async #withMissingBucket(answer: AwsAnswer): Promise<AwsAnswer> {
    if (kindOfAwsError(answer.stderr) !== 'no-message') return answer;
    const head = await this.run(headBucket(this.bucket));
    if (head.exitCode === 0 || kindOfAwsError(head.stderr) !== 'not-found') return answer;
    const words = `The bucket "${this.bucket}" does not exist.`;
    return {
      ...answer,
      stderr: `An error occurred (NoSuchBucket) when calling the HeadBucket operation: ${words}`,
    };
  }

  /** The error for an answer with an exit code other than 0. */
  errorOf(args: readonly string[], answer: AwsAnswer): AwsError {
    return new AwsError(args, answer.exitCode, answer.stderr, this);
  }

  get interruption(): Interruption {
    return this.#settings.interruption;
  }

  /** `undefined` for AWS. */
  get endpointUrl(): string | undefined {
    return this.#settings.endpointUrl;
  }

  get region(): string {
    return this.#settings.region;
  }

  /** The variables of the children, before this program's are added. */
  get environment(): NodeJS.ProcessEnv {
    return this.#settings.environment;
  }

  /** A call without the encryption key, as a command for the user to paste. */
  commandFor(args: readonly string[]): string {
    return commandToPaste(this.#settings, args);
  }
}

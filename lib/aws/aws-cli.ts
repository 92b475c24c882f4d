// The one place that starts the AWS CLI.
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { BackupError, errnoOf } from '../cli/errors.js';
import { exitCode as exitCodes } from '../cli/exit-codes.js';
import type { Interruption } from '../cli/interruption.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { closeKeyDescriptor, openKeyDescriptor } from '../secrets/key-descriptor.js';
import { type AwsConnection, connectionArguments } from './arguments/connection-arguments.js';
import { type AwsError, awsError } from './aws-error.js';
import { lastLinesOf } from './child-output.js';
import { childEnvironment } from './settings/child-environment.js';
import { assertTrustedListener } from './settings/listener.js';

export interface AwsSettings extends AwsConnection {
  readonly bucket: string;
  /** The variables the children get, before ours are added. */
  readonly environment: NodeJS.ProcessEnv;
  readonly interruption: Interruption;
  /** Where a call's exit code goes; syslog. */
  readonly log: (message: string) => void;
  /** A descriptor every child inherits, so that the lock lives as long as any of them. */
  readonly lockDescriptor?: number;
  /** Whether the profile limits how fast each process sends. */
  readonly limitsBandwidth?: boolean;
}

export interface AwsCall {
  /** Given to the child as descriptor 3; see `KEY_URL`. */
  readonly encryptionKey?: EncryptionKey;
  /** Standard input, from memory. */
  readonly input?: string;
  /** Variables for this call only. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where standard output goes: into the answer (default), to a descriptor, or to a consumer. */
  readonly output?: 'answer' | number | ((stdout: Readable) => Promise<void>);
  /** The descriptor of a file that the child has as `OUTPUT_FILE`. */
  readonly outputFile?: number;
  /** Every line of standard error, as it comes; the last ones are in the answer either way. */
  readonly onErrorLine?: (line: string) => void;
}

export interface AwsAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last lines only. */
  readonly stderr: string;
}

export class AwsCli {
  readonly bucket: string;
  readonly profile: string;
  /** Whether the profile limits how fast each process sends: several side by side would send more than that. */
  readonly limitsBandwidth: boolean;
  readonly #settings: AwsSettings;

  constructor(settings: AwsSettings) {
    this.bucket = settings.bucket;
    this.profile = settings.profile;
    this.limitsBandwidth = settings.limitsBandwidth === true;
    this.#settings = settings;
  }

  /**
   * Runs `aws` and waits for it. An exit code other than 0 is an answer like any other.
   * @throws {InterruptedError} after the child has ended, if a signal arrived
   * @throws {BackupError} if there is no `aws` to run, or the key would go to another user's program
   */
  async run(args: readonly string[], call: AwsCall = {}): Promise<AwsAnswer> {
    const { interruption, log } = this.#settings;
    interruption.check();
    // Each time: the service may have ended since, and another user's program have taken its port.
    if (call.encryptionKey !== undefined) assertTrustedListener(this.#settings.endpointUrl);
    const keyDescriptor =
      call.encryptionKey === undefined ? undefined : openKeyDescriptor(call.encryptionKey);
    let answer: AwsAnswer;
    try {
      answer = await this.#spawn(args, call, keyDescriptor);
    } finally {
      if (keyDescriptor !== undefined) closeKeyDescriptor(keyDescriptor);
      interruption.check(); // Whatever else has failed: it is due to the signal.
    }
    log(`aws ${args[0]} ${args[1]}: exit code ${answer.exitCode}`);
    return answer;
  }

  /** Like `run`, but @throws {AwsError} for an exit code other than 0. */
  async runOrThrow(args: readonly string[], call: AwsCall = {}): Promise<AwsAnswer> {
    const answer = await this.run(args, call);
    if (answer.exitCode !== 0) throw this.errorOf(args, answer);
    return answer;
  }

  /** What a failed answer means. */
  errorOf(args: readonly string[], answer: AwsAnswer): AwsError {
    return awsError(args, answer.exitCode, answer.stderr, this);
  }

  async #spawn(
    args: readonly string[],
    call: AwsCall,
    keyDescriptor: number | undefined,
  ): Promise<AwsAnswer> {
    const { environment, interruption, lockDescriptor } = this.#settings;
    const output = call.output ?? 'answer';
    const child = execa('aws', [...connectionArguments(this.#settings), ...args], {
      env: { ...childEnvironment(environment, this.#settings), ...call.environment },
      extendEnv: false,
      // A process group of its own: it gets each signal once, from us, even one typed on a terminal.
      detached: true,
      buffer: false,
      reject: false,
      stdio: [
        call.input === undefined ? 'ignore' : 'pipe',
        typeof output === 'number' ? handedOn(output) : 'pipe',
        'pipe',
        keyDescriptor === undefined ? 'ignore' : handedOn(keyDescriptor),
        lockDescriptor === undefined ? 'ignore' : handedOn(lockDescriptor),
        ...(call.outputFile === undefined ? [] : [handedOn(call.outputFile)]),
      ],
    });
    if (child.pid !== undefined) interruption.adopt(child.pid);
    // The child ended without reading it: its exit code tells why, and execa would not wait for that.
    child.stdin?.removeAllListeners('error').on('error', () => undefined);
    child.stdin?.end(call.input);
    let stdout = '';
    const consume =
      typeof output === 'function'
        ? output
        : async (stream: Readable) => {
            for await (const chunk of stream.setEncoding('utf8')) stdout += chunk;
          };
    let wasReadToEnd = false;
    const consumeOrClose = async (stream: Readable) => {
      try {
        await consume(stream);
      } catch (error) {
        wasReadToEnd = stream.readableEnded;
        stream.destroy(); // The child would wait for ever for somebody to read it.
        throw error;
      }
    };
    // All three are waited for, whatever becomes of the others: no child is left behind.
    const [exit, stderr, consumed] = await Promise.allSettled([
      child.finally(() => child.pid !== undefined && interruption.release(child.pid)),
      lastLinesOf(child.stderr as Readable, call.onErrorLine),
      child.stdout === null ? undefined : consumeOrClose(child.stdout),
    ]);
    if (exit.status === 'rejected') throw exit.reason;
    const { exitCode, signal } = exit.value;
    if (exitCode === undefined && signal === undefined) throw cannotStart(exit.value);
    if (stderr.status === 'rejected') throw stderr.reason;
    // The output of a child that failed may end anywhere: then it is no wonder that it can't be understood.
    // What we read no further, it may fail by; but of signals, that sends no other one.
    const wasKilled = signal !== undefined && signal !== 'SIGPIPE';
    const isCut = (wasReadToEnd && exitCode !== 0) || wasKilled;
    if (consumed.status === 'rejected' && !isCut) throw consumed.reason;
    const words = signal === undefined ? stderr.value : `${stderr.value}\naws was ended by ${signal}`;
    return { exitCode: exitCode ?? exitCodes.failed, stdout, stderr: words };
  }
}

/** execa takes any descriptor of ours; its types name the first few. */
function handedOn(descriptor: number): 3 {
  return descriptor as 3;
}

function cannotStart(failure: unknown): BackupError {
  const why = errnoOf(failure) ?? 'unknown error';
  if (why === 'ENOENT') {
    return new BackupError('The AWS CLI was not found: there is no "aws" on PATH.', {
      hint: 'Install it (Debian: apt install awscli) or, under cron, add its folder: export PATH="$PATH:/usr/local/bin" in the config.',
    });
  }
  return new BackupError(`The AWS CLI could not be started: ${why}.`, {
    hint: 'Check that the "aws" on PATH is executable.',
  });
}

// Starts the AWS CLI; nothing else does.
import { closeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { BackupError, errnoOf } from '../cli/errors.js';
import { exitCode as exitCodes } from '../cli/exit-codes.js';
import type { Interruption } from '../cli/interruption.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { KEY_URL, openKeyDescriptor } from '../secrets/key-descriptor.js';
import { type AwsConnection, commandToPaste, connectionArguments } from './arguments/connection-arguments.js';
import { type AwsError, awsError } from './aws-error.js';
import { lastLinesOf } from './child-output.js';
import { childEnvironment } from './settings/child-environment.js';
import { assertTrustedListener } from './settings/listener.js';

export interface AwsSettings extends AwsConnection {
  readonly bucket: string;
  /** The variables of the children, before this program's are added. */
  readonly environment: NodeJS.ProcessEnv;
  readonly interruption: Interruption;
  /** Logs each call's exit code. */
  readonly log: (message: string) => void;
  /** Every child inherits it, so that the lock is held until the last of them ends. */
  readonly lockDescriptor?: number;
  /** True if the profile limits the bandwidth of each process. */
  readonly limitsBandwidth?: boolean;
}

export interface AwsCall {
  /** The child reads it from `KEY_URL`. */
  readonly encryptionKey?: EncryptionKey;
  /** For standard input. */
  readonly input?: string;
  /** Variables for this call only. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where standard output goes: into the answer (default), to a descriptor, or to a function. */
  readonly output?: 'answer' | number | ((stdout: Readable) => Promise<void>);
  /** The descriptor of a file that the child writes content to; see `downloadRange`. */
  readonly outputFile?: number;
  /** Called with each line of standard error. */
  readonly onErrorLine?: (line: string) => void;
}

export interface AwsAnswer {
  readonly exitCode: number;
  /** '' if it went elsewhere. */
  readonly stdout: string;
  /** The last lines only. */
  readonly stderr: string;
}

/** The AWS CLI's name for the profile of those that name none. */
export const DEFAULT_PROFILE = 'default';

export class AwsCli {
  readonly bucket: string;
  /** For commands in hints. */
  readonly profile: string;
  /** True if the profile limits the bandwidth of each process: several side by side would use a multiple of it. */
  readonly limitsBandwidth: boolean;
  readonly #settings: AwsSettings;

  constructor(settings: AwsSettings) {
    this.bucket = settings.bucket;
    this.profile = settings.profile ?? DEFAULT_PROFILE;
    this.limitsBandwidth = settings.limitsBandwidth === true;
    this.#settings = settings;
  }

  /**
   * Runs `aws` and waits until it ends. It does not throw for an exit code other than 0.
   * @throws {InterruptedError} after the child has ended, if a signal arrived
   * @throws {BackupError} if `aws` can't be started, or would send the key to another user's program
   */
  async run(args: readonly string[], call: AwsCall = {}): Promise<AwsAnswer> {
    const { interruption, log } = this.#settings;
    // Without a key, descriptor 3 would be whatever Python opens first: the AWS CLI would read that to its end.
    if (args.includes(KEY_URL) !== (call.encryptionKey !== undefined))
      throw new Error('a call names the encryption key and gets none, or gets one that it does not name');
    interruption.check();
    // For each call: the service may have ended since, and another user's program may have its port now.
    if (call.encryptionKey !== undefined) assertTrustedListener(this.#settings.endpointUrl);
    const keyDescriptor =
      call.encryptionKey === undefined ? undefined : openKeyDescriptor(call.encryptionKey);
    let answer: AwsAnswer;
    try {
      answer = await this.#spawn(args, call, keyDescriptor);
    } finally {
      if (keyDescriptor !== undefined) closeSync(keyDescriptor);
      interruption.check(); // After a signal, no other error counts.
    }
    log(`aws ${args.slice(0, 2).join(' ')}: exit code ${answer.exitCode}`);
    return answer;
  }

  /** The same as `run`, but @throws {AwsError} for an exit code other than 0. */
  async runOrThrow(args: readonly string[], call: AwsCall = {}): Promise<AwsAnswer> {
    const answer = await this.run(args, call);
    if (answer.exitCode !== 0) throw this.errorOf(args, answer);
    return answer;
  }

  /** The error for an answer with an exit code other than 0. */
  errorOf(args: readonly string[], answer: AwsAnswer): AwsError {
    return awsError(args, answer.exitCode, answer.stderr, this);
  }

  /** `undefined` for AWS's own. */
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
      // In a process group of its own, the child does not get the terminal's Ctrl-C: this process sends it the signal.
      detached: true,
      buffer: false,
      reject: false,
      stdio: [
        call.input === undefined ? 'ignore' : 'pipe',
        typeof output === 'number' ? inherited(output) : 'pipe',
        'pipe',
        keyDescriptor === undefined ? 'ignore' : inherited(keyDescriptor),
        lockDescriptor === undefined ? 'ignore' : inherited(lockDescriptor),
        ...(call.outputFile === undefined ? [] : [inherited(call.outputFile)]),
      ],
    });
    if (child.pid !== undefined) interruption.adopt(child.pid);
    // A child that ends without reading it says why by its exit code; execa would throw before that.
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
        stream.destroy(); // Otherwise the child would wait forever for a reader.
        throw error;
      }
    };
    // Waits for all three, whichever fails: no child is left behind.
    const [exit, stderr, consumed] = await Promise.allSettled([
      child.finally(() => child.pid !== undefined && interruption.release(child.pid)),
      lastLinesOf(child.stderr as Readable, call.onErrorLine),
      child.stdout === null ? undefined : consumeOrClose(child.stdout),
    ]);
    if (exit.status === 'rejected') throw exit.reason;
    const { exitCode, signal } = exit.value;
    if (exitCode === undefined && signal === undefined) throw cannotStart(exit.value);
    if (stderr.status === 'rejected') throw stderr.reason;
    // If the child failed, its output may end anywhere: then its failure counts, not what the reader made of the output.
    // If the reader stopped before the end, the child may have failed for that: by its exit code or SIGPIPE only.
    const wasKilled = signal !== undefined && signal !== 'SIGPIPE';
    const isCut = (wasReadToEnd && exitCode !== 0) || wasKilled;
    if (consumed.status === 'rejected' && !isCut) throw consumed.reason;
    const words = signal === undefined ? stderr.value : `${stderr.value}\naws was ended by ${signal}`;
    return { exitCode: exitCode ?? exitCodes.failed, stdout, stderr: words };
  }
}

/**
 * Lets the user answer `aws configure` on the terminal.
 * @returns whether the profile was made
 * @throws {BackupError} if `aws` can't be started
 */
export async function configureProfile(profile: string): Promise<boolean> {
  const options = { stdio: 'inherit', reject: false } as const;
  const child = await execa('aws', ['configure', '--profile', profile], options);
  if (child.exitCode === undefined && child.signal === undefined) throw cannotStart(child);
  return child.exitCode === 0;
}

/** A descriptor of this process, for the child. execa takes any number; its types know the first few. */
function inherited(descriptor: number): 3 {
  return descriptor as 3;
}

function cannotStart(failure: unknown): BackupError {
  const why = errnoOf(failure) ?? 'unknown error';
  if (why === 'ENOENT') {
    return new BackupError('The AWS CLI was not found: there is no "aws" on PATH.', {
      hint: 'Install it (Debian: apt install awscli). If cron does not find it, add its folder in the config: export PATH="$PATH:/usr/local/bin"',
    });
  }
  return new BackupError(`The AWS CLI could not be started: ${why}.`, {
    hint: 'Check that the "aws" on PATH is executable.',
  });
}

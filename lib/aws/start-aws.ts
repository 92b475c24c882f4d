// Starts the AWS CLI. No other file does.
import { closeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { BackupError, errnoOf } from '../cli/errors.js';
import { exitCode as exitCodes } from '../cli/exit-codes.js';
import { withoutKey } from '../secrets/environment.js';
import { openKeyDescriptor } from '../secrets/key-bytes.js';
import { connectionArguments } from './arguments/connection-arguments.js';
import { KEY_URL } from './arguments/object-arguments.js';
import type { AwsAnswer, AwsCall, AwsSettings } from './aws-call.js';
import { lastLinesOf } from './child-output.js';
import { childEnvironment } from './settings/child-environment.js';
import { assertTrustedListener } from './settings/listener.js';

/** See `AwsCli.run`. */
export async function startAws(
  settings: AwsSettings,
  args: readonly string[],
  call: AwsCall,
): Promise<AwsAnswer> {
  const { endpointUrl, interruption } = settings;
  const namesKey = args.includes(KEY_URL);
  const encryptionKey = namesKey ? settings.encryptionKey : undefined;
  // Without a key, descriptor 3 would be whatever Python opens first, and the AWS CLI would read that as the key.
  if (namesKey && encryptionKey === undefined)
    throw new Error('a call names the encryption key, and there is none');
  interruption.check();
  // Before each call: the service may have ended, and another user's program may have its port now.
  if (encryptionKey !== undefined) assertTrustedListener(endpointUrl);
  const keyDescriptor = encryptionKey === undefined ? undefined : openKeyDescriptor(encryptionKey);
  try {
    return await runToEnd(settings, args, call, keyDescriptor);
  } finally {
    if (keyDescriptor !== undefined) closeSync(keyDescriptor);
    interruption.check(); // After a signal, no other error counts.
  }
}

async function runToEnd(
  settings: AwsSettings,
  args: readonly string[],
  call: AwsCall,
  keyDescriptor: number | undefined,
): Promise<AwsAnswer> {
  const { environment, interruption, lockDescriptor } = settings;
  const output = call.output ?? 'answer';
  const child = execa('aws', [...connectionArguments(settings), ...args], {
    env: { ...childEnvironment(environment, settings), ...call.environment },
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
  // If a child ends without reading its input, its exit code says why; execa would throw before that.
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
  // If the child failed, its output may end anywhere: then the child's failure counts, not the reader's.
  // But if the reader stopped early, that itself may have made the child fail, with an exit code or SIGPIPE.
  const wasKilled = signal !== undefined && signal !== 'SIGPIPE';
  const isCut = (wasReadToEnd && exitCode !== 0) || wasKilled;
  if (consumed.status === 'rejected' && !isCut) throw consumed.reason;
  const words = signal === undefined ? stderr.value : `${stderr.value}\naws was ended by ${signal}`;
  return { exitCode: exitCode ?? exitCodes.failed, stdout, stderr: words };
}

/**
 * Lets the user answer `aws configure` on the terminal.
 * @returns whether the profile was created
 * @throws {BackupError} if `aws` can't be started
 */
export async function configureProfile(profile: string): Promise<boolean> {
  const options = { stdio: 'inherit', reject: false, env: withoutKey(), extendEnv: false } as const;
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

// A call of the AWS CLI: its settings, its input, and its answer.
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Interruption } from '../cli/signals/interruption.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import type { AwsConnection } from './arguments/connection-arguments.js';

export interface AwsSettings extends AwsConnection {
  readonly bucket: string;
  /** The variables of the children, before this program's are added. */
  readonly environment: NodeJS.ProcessEnv;
  readonly interruption: Interruption;
  /** The key for calls whose arguments name it by `KEY_URL`. */
  readonly encryptionKey?: EncryptionKey | undefined;
  /** Logs each call's exit code. */
  readonly log: (message: string) => void;
  /** Every child inherits it, so that the lock lasts until the last child ends. */
  readonly lockDescriptor?: number;
  /** True if the profile limits the bandwidth of each process. */
  readonly limitsBandwidth?: boolean;
}

export interface AwsCall {
  /** For standard input. */
  readonly input?: string;
  /** Variables for this call only. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where standard output goes: into the answer (the default), to a descriptor, or to a function. */
  readonly output?: 'answer' | number | ((stdout: Readable) => Promise<void>);
  /** The descriptor of a file that the child writes content to; see `downloadRange`. */
  readonly outputFile?: number;
  /** Called with each line of standard error. */
  readonly onErrorLine?: (line: string) => void;
}

export interface AwsAnswer {
  readonly exitCode: number;
  /** '' if `AwsCall.output` sent it elsewhere. */
  readonly stdout: string;
  /** The last lines only. */
  readonly stderr: string;
}

/**
 * Variables for a call that teach BlockedEncryptionTypes to an AWS CLI older than 1.43.0 or 2.32.0. The path leads to
 * the source's folder, three folders above this file's compiled form and above a bundle.
 */
export const NEWER_MODEL: NodeJS.ProcessEnv = {
  AWS_DATA_PATH: fileURLToPath(new URL('../../../lib/aws/cli-model', import.meta.url)),
};

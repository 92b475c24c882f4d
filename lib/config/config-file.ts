// The bytes of a config, from a file or a pipe, and the facts that show who may change them.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BackupError, errnoOf, shellQuote } from '../cli/errors.js';
import { partsOfPath } from '../tree/disk/trust/who-can-change.js';
import { type ConfigFile, type ConfigTrust, judgeTrust } from './trust.js';

/** Milliseconds between two attempts to read a pipe. */
const POLL = 20;

export interface LoadedConfig {
  /** The name that the user gave. */
  readonly file: string;
  readonly bytes: Buffer;
  readonly trust: ConfigTrust;
  /** The working directory. */
  readonly directory: string;
}

/** Whether a file is standard input: a command that reads its config there can't read answers there. */
export function isStandardInput(file: string): boolean {
  return descriptorOf(file) === 0;
}

/** The descriptor that a name such as `/dev/stdin` or `/dev/fd/63` stands for. */
function descriptorOf(file: string): number | undefined {
  const [, stdin, number] = /^\/dev\/(?:(stdin)|fd\/(\d+))$/.exec(file) ?? [];
  if (stdin !== undefined) return 0;
  return number === undefined ? undefined : Number(number);
}

/**
 * Reads a descriptor without opening it again: a socket can't be opened, nor can another user's pipe, as after `sudo -u
 * USER`.
 * @param directory what the relative paths in it are relative to
 * @throws {BackupError} if it can't be read
 */
export function loadConfigFile(file: string, directory = process.cwd()): LoadedConfig {
  const inherited = descriptorOf(file);
  let descriptor = inherited;
  try {
    descriptor ??= openSync(file, 'r');
    const [bytes, stats] = [readToEnd(descriptor), fstatSync(descriptor)];
    const parts = visibleParts(file, directory) ?? (inherited === undefined ? undefined : []);
    return { file, bytes, trust: judgeTrust({ file, stats, parts, user: process.geteuid?.() }), directory };
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    if (inherited === undefined && descriptor !== undefined) closeSync(descriptor);
  }
}

/** Reads to the end, even if another program has made the pipe non-blocking. */
function readToEnd(descriptor: number): Buffer {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    try {
      const length = readSync(descriptor, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL);
    }
  }
}

function visibleParts(file: string, directory: string): ConfigFile['parts'] {
  try {
    return partsOfPath(file, directory);
  } catch {
    return undefined;
  }
}

function unreadable(file: string, error: unknown): unknown {
  const hints: Readonly<Record<string, readonly [string, string]>> = {
    ENOENT: ['does not exist', 'Give the path of your config; encrypted-s3 init writes one.'],
    ENOTDIR: ['does not exist', 'A part of its path is a file, not a directory.'],
    EISDIR: ['is a directory', 'Give the path of the config file in it.'],
    EACCES: ['may not be read by this user', `This shows who may: namei -l ${shellQuote(file)}`],
    ELOOP: ['is a link that leads back to itself', 'Give the path of the file itself.'],
  };
  const code = errnoOf(error);
  if (code === undefined) return error;
  const [what, hint] = hints[code] ?? [`cannot be read (${code})`, 'Check that it is a readable file.'];
  return new BackupError(`The config file ${what}: ${file}`, { hint, cause: error });
}

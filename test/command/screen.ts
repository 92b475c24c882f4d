// The screen of a command on a terminal of its own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { binOf } from '../fakes/bins.js';
import { WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import type { BucketWorld } from './bucket-world.js';

export const CLEAR_LINE = '\r\x1b[K';

export interface Screen {
  /** Everything that was written. */
  readonly text: string;
  /** The successive states of the progress line, and then what stays on the screen. */
  readonly parts: readonly string[];
  readonly left: string;
  readonly code: number | null;
}

export interface Terminal {
  /** The width. */
  readonly columns?: number;
  readonly program?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** A file whose appearance triggers Ctrl-C. */
  readonly interruptAt?: string;
}

export async function screenOf(
  world: BucketWorld,
  words: readonly string[],
  { columns = 80, program = binOf('encrypted-s3'), environment, interruptAt }: Terminal = {},
): Promise<Screen> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const command = `stty cols ${columns}; exec ${process.execPath} ${program} ${quoted}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: {
      HOME: world.home,
      TMPDIR: world.tmp,
      PATH: world.path,
      NODE_OPTIONS: WITHOUT_MODERN_SYSLOG,
      TERM: 'xterm',
      SHELL: '/bin/sh',
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  if (interruptAt !== undefined) {
    while (!existsSync(interruptAt)) await sleep(20);
    child.stdin.write('\x03');
  }
  const code = await ended;
  const parts = text.split(CLEAR_LINE);
  return { text, parts, left: parts.at(-1) ?? '', code };
}

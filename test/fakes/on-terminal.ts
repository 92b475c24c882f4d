// Runs a built command on a terminal of its own, and types what it asks for.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { binOf } from './bins.js';

const ON_TERMINAL = fileURLToPath(new URL('../../../test/fakes/on-terminal.py', import.meta.url));

/** A text that the command has to show, and the keys to type then. */
export type Step = readonly [shown: string, typed: string];

export interface Session {
  /** 99 if the command did not show the text of a step. */
  readonly code: number | null;
  /** Without control sequences. */
  readonly shown: string;
  /** Whether the command used colours. */
  readonly hasColor: boolean;
}

/** @param environment the command's whole environment, with PATH */
export function onTerminal(
  steps: readonly Step[],
  [command, ...args]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
): Promise<Session> {
  // `env` restores PATH, which pyenv changes when it starts Python.
  const path = `PATH=${environment['PATH']}`;
  const program = ['env', path, process.execPath, binOf(command), ...args];
  const child = spawn('python3', [ON_TERMINAL, JSON.stringify(steps), ...program], {
    cwd: join(ON_TERMINAL, '..'),
    env: { TERM: 'xterm', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  return new Promise((resolve) =>
    child.on('close', (code) =>
      resolve({ code, shown: stripVTControlCharacters(shown), hasColor: /\[[39]\dm/.test(shown) }),
    ),
  );
}

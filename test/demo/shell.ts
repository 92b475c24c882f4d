// Runs commands as a user types them, and shows them with their output.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stdout } from 'node:process';
import { DemoError } from './source.js';

export interface Outcome {
  readonly code: number | null;
  /** Standard output and standard error, interleaved. */
  readonly output: string;
}

export class Shell {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #interrupted: AbortSignal;
  #steps = 0;

  /** @param folder where the commands run */
  constructor(folder: string, environment: NodeJS.ProcessEnv, interrupted: AbortSignal) {
    this.#folder = folder;
    this.#environment = environment;
    this.#interrupted = interrupted;
  }

  step(title: string): void {
    this.#steps += 1;
    const heading = `${this.#steps}. ${title}`;
    stdout.write(`\n${stdout.isTTY ? `\x1b[1m${heading}\x1b[0m` : heading}\n`);
  }

  get steps(): number {
    return this.#steps;
  }

  /** @param input the lines to type, if the command asks */
  async run(command: string, input: readonly string[] = []): Promise<Outcome> {
    this.#interrupted.throwIfAborted();
    stdout.write(`$ ${command}\n`);
    // A process group of its own: Ctrl-C reaches only the demo, which signals the group and waits for it.
    const child = spawn('bash', ['-c', `exec 2>&1; set -o pipefail; ${command}`], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    const stop = () => process.kill(-(child.pid ?? 0), 'SIGTERM');
    this.#interrupted.addEventListener('abort', stop);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      stdout.write(text);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input.map((line) => `${line}\n`).join(''));
    const [code] = (await once(child, 'close')) as [number | null];
    this.#interrupted.removeEventListener('abort', stop);
    this.#interrupted.throwIfAborted();
    if (output !== '' && !output.endsWith('\n')) stdout.write('\n');
    return { code, output };
  }

  /** Runs a command. @returns its output. @throws {DemoError} if it fails */
  async succeeds(command: string, input?: readonly string[]): Promise<string> {
    const { code, output } = await this.run(command, input);
    expect(code === 0, `"${command}" ended with exit code ${code}.`);
    return output;
  }
}

/** @throws {DemoError} with the message `otherwise`, unless `holds` */
export function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new DemoError(otherwise);
}

export function say(text: string): void {
  stdout.write(`${text}\n`);
}

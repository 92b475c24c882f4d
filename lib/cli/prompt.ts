// Questions, answered on a terminal or through a pipe; an answer is a line, as for bash's `read -r`.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { BackupError, InterruptedError } from './errors.js';
import { printable } from './log/log.js';
import { isQuiet } from './log/output-options.js';
import type { Interruption } from './signals/interruption.js';

export class Prompt {
  readonly #output: Writable;
  readonly #interruption: Interruption;
  #piped: AsyncIterator<string> | undefined;
  /** Lines that were typed, or pasted, before their questions were asked. */
  readonly #typedAhead: string[] = [];
  /** The beginning of another line that was typed ahead. */
  #begun = '';

  /** @param output where the questions go */
  constructor(output: Writable, interruption: Interruption) {
    this.#output = output;
    this.#interruption = interruption;
  }

  /** Prints what is going on, unless --quiet is set. */
  say(text: string): void {
    if (!isQuiet()) this.#output.write(text);
  }

  /** Prints what a question is about, even with --quiet. */
  show(text: string): void {
    this.#output.write(text);
  }

  /** Asks and returns the line without the blanks around it; '' at the end of the input. */
  async ask(question: string): Promise<string> {
    return this.#answer(question, false);
  }

  /** Like `ask`, without showing what is typed. */
  async askHidden(question: string): Promise<string> {
    return this.#answer(question, true);
  }

  async #answer(question: string, hidden: boolean): Promise<string> {
    const { isTTY } = process.stdin;
    const line = isTTY ? await this.#type(question, hidden) : await this.#read(question);
    if (hidden) this.#output.write('\n');
    this.#interruption.check();
    if (line.includes('\ufffd')) throw new BackupError('The answer is not valid UTF-8.');
    const answer = line.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
    if (isTTY && printable(answer) !== answer) {
      throw new BackupError('The answer holds a control character.', {
        hint: 'With TERM=dumb, Backspace and other keys do not edit a line. Run the command again.',
      });
    }
    return answer;
  }

  /** A line from the terminal; Ctrl-D and a closed terminal give ''. */
  async #type(question: string, hidden: boolean): Promise<string> {
    const typed = this.#typedAhead.shift();
    if (typed !== undefined) {
      this.#output.write(hidden ? question : `${question}\n`);
      return typed;
    }
    // readline echoes the question and what is typed to its output.
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const terminal = createInterface({
      input: process.stdin,
      output: hidden ? nowhere : this.#output,
      terminal: true,
    });
    // Only now, since the terminal no longer echoes: the answer may come at once.
    if (hidden) this.#output.write(question);
    const close = () => terminal.close();
    const { aborted } = this.#interruption;
    aborted.addEventListener('abort', close, { once: true });
    process.stdin.once('error', close);
    try {
      return await new Promise<string>((resolve, reject) => {
        terminal.question(hidden ? '' : question, resolve);
        terminal.on('SIGINT', () => reject(new InterruptedError('SIGINT')));
        terminal.on('SIGCONT', () => terminal.resume()); // Ctrl-Z has paused it.
        terminal.on('close', () => resolve(''));
        terminal.on('line', (line) => this.#typedAhead.push(line));
        terminal.write(this.#begun);
      });
    } finally {
      this.#begun = terminal.line;
      aborted.removeEventListener('abort', close);
      process.stdin.off('error', close);
      terminal.close();
    }
  }

  async #read(question: string): Promise<string> {
    this.#output.write(question);
    this.#piped ??= pipedLines(this.#interruption.aborted);
    const { value, done } = await this.#piped.next();
    return done ? '' : value;
  }
}

/** The lines of standard input. It is read only while a question waits for its answer. */
async function* pipedLines(aborted: AbortSignal): AsyncGenerator<string> {
  const input = createInterface({ input: process.stdin });
  const lines: string[] = [];
  let wake = () => {};
  let ended = false;
  const end = () => {
    ended = true;
    wake();
  };
  input.on('line', (line) => {
    lines.push(line);
    wake();
  });
  input.on('close', end);
  process.stdin.on('error', end);
  aborted.addEventListener('abort', end, { once: true });
  for (;;) {
    const line = lines.shift();
    if (line !== undefined) {
      // From Node.js 24 on, both fail after the end of the input.
      if (!ended) input.pause();
      yield line;
      if (!ended) input.resume();
    } else if (ended || aborted.aborted) {
      input.close();
      return;
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

/**
 * Breaks text into lines. A word that is too long has its own line.
 * @param columns of the terminal; 0 if there is none
 */
export function wrapped(text: string, columns = 0): string {
  const width = Math.min(columns || 80, 100) - 1;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

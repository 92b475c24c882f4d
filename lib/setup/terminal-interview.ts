// The questions of init on a terminal.
import { stdin, stdout } from 'node:process';
import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { confirm, isCancel, log, multiselect, password, select, text } from '@clack/prompts';
import { BackupError, InterruptedError } from '../cli/errors.js';
import { printable } from '../cli/log/log.js';
import { isQuiet } from '../cli/log/output-options.js';
import { wrapped } from '../cli/prompt.js';
import type { Interruption } from '../cli/signals/interruption.js';
import { askNewEasyKey } from './easy-key.js';
import type { Choice, Interview, Question } from './interview.js';

/** What the package prints before each line. */
const BAR = '│  ';

export class TerminalInterview implements Interview {
  readonly #interruption: Interruption;

  /** @throws {BackupError} without a terminal */
  constructor(interruption: Interruption) {
    this.#interruption = interruption;
    if (stdin.isTTY && stdout.isTTY) return;
    throw new BackupError('init asks its questions on a terminal, but there is none.', {
      hint: 'To take all answers from flags: encrypted-s3 init --yes --bucket BUCKET --directory DIRECTORY',
    });
  }

  /** Asks again after an invalid answer, even if a flag gave it. */
  async ask<T>({ what, given, proposed = '', check }: Question<T>): Promise<T> {
    let before = proposed;
    return this.askTogether(async (isAgain) => {
      if (isAgain || given === undefined) before = await this.#askText(what, before);
      else before = given;
      return check(before);
    });
  }

  /** Asks all questions again after an invalid answer. */
  async askTogether<T>(questions: (isAgain: boolean) => Promise<T>): Promise<T> {
    for (let isAgain = false; ; isAgain = true) {
      try {
        return await questions(isAgain);
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
        complain(error);
      }
    }
  }

  choose(what: string, choices: readonly Choice[], proposed: string): Promise<string> {
    const options = [...choices];
    return this.#answerOf(() => select({ message: what, options, initialValue: proposed, ...this.#signal }));
  }

  chooseSome(
    what: string,
    choices: readonly Choice[],
    proposed: readonly string[],
  ): Promise<readonly string[]> {
    const message = `${what} (space: choose, Enter: go on)`;
    const options = [...choices];
    const initialValues = [...proposed];
    return this.#answerOf(() =>
      multiselect({ message, options, initialValues, required: false, ...this.#signal }),
    );
  }

  confirm(question: string): Promise<boolean> {
    return this.#answerOf(() => confirm({ message: question, ...this.#signal }));
  }

  askEasyKey(what: string): Promise<string> {
    return this.#askHidden(what);
  }

  askNewEasyKey(what: string): Promise<string> {
    return askNewEasyKey(
      (isAgain) => this.#askHidden(isAgain ? 'The same again' : what),
      (problem) => log.error(besideBar(problem)),
    );
  }

  say(words: string): void {
    if (!isQuiet()) log.message(besideBar(words));
  }

  async #askText(message: string, initialValue: string): Promise<string> {
    return (await this.#answerOf(() => text({ message, initialValue, ...this.#signal }))) ?? '';
  }

  /** The answer without the blanks around it, as in every command. */
  async #askHidden(message: string): Promise<string> {
    const answer = await this.#answerOf(() => password({ message, ...this.#signal }));
    return (answer ?? '').replaceAll(/^[ \t]+|[ \t]+$/g, '');
  }

  get #signal(): { readonly signal: AbortSignal } {
    // A new one for each question: the package leaves its listeners behind.
    return { signal: AbortSignal.any([this.#interruption.aborted]) };
  }

  /** @throws {InterruptedError} after Ctrl-C, or a signal */
  async #answerOf<T>(ask: () => Promise<T | symbol>): Promise<T> {
    await forgetTyped();
    const answer = await ask();
    this.#interruption.check();
    if (isCancel(answer)) throw new InterruptedError('SIGINT');
    return answer as T;
  }
}

function complain({ lines, hint }: BackupError): void {
  log.error([...lines, ...(hint === undefined ? [] : [hint])].map(printable).join('\n'));
}

/** Wraps the lines of a text beside the package's bar. Commands stay in one line, to be pasted. */
function besideBar(words: string): string {
  return words.replaceAll(/^( *(?:# )?)(.*)$/gm, (line, start: string, rest: string) => {
    if (/^(aws|encrypted-s3)\b/.test(rest)) return line;
    const columns = (stdout.columns || 80) - BAR.length - start.length;
    return wrapped(rest, columns).replaceAll(/^/gm, start);
  });
}

/** Drops keys that were typed before the question: an impatient Enter would turn Yes into No. */
async function forgetTyped(): Promise<void> {
  // In raw mode, as the questions read: otherwise an unfinished line would stay.
  stdin.setRawMode(true);
  stdin.resume();
  // One turn to start reading, and one to read.
  await turnOfEventLoop();
  await turnOfEventLoop();
  stdin.pause();
  stdin.setRawMode(false);
}

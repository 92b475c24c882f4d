// How init gets its answers: from flags, or from a person.
import { stdin, stdout } from 'node:process';
import { BackupError } from '../cli/errors.js';
import { isQuiet } from '../cli/log/output-options.js';
import { Prompt } from '../cli/prompt.js';
import type { Interruption } from '../cli/signals/interruption.js';
import { type Check, InvalidValue } from '../config/checks.js';
import { weaknessOf } from './easy-key.js';

export interface Question<T> {
  /** The subject of the question, the beginning of a sentence: `The bucket`. */
  readonly what: string;
  /** The flag that answers it. */
  readonly flag: string;
  /** The flag's value. */
  readonly given: string | undefined;
  readonly proposed?: string | undefined;
  /** Parses the answer. @throws {BackupError} for an invalid answer */
  readonly check: (answer: string) => T | Promise<T>;
}

/** The check of a setting, for `Question.check`. @param what the beginning of the error's sentence */
export function answerBy<T>(what: string, check: Check<T>): (answer: string) => T {
  return (answer) => {
    try {
      return check(answer, () => undefined);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      const { message, advice } = error;
      throw new BackupError(`${what} ${message}.`, { hint: advice || undefined });
    }
  };
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface Interview {
  ask<T>(question: Question<T>): Promise<T>;
  /**
   * Asks several questions whose answers can only be checked together.
   * @param questions `isAgain` is true after invalid answers
   * @throws {BackupError} if nobody can be asked again
   */
  askTogether<T>(questions: (isAgain: boolean) => Promise<T>): Promise<T>;
  choose(what: string, choices: readonly Choice[], proposed: string): Promise<string>;
  /** @param proposed the values that are selected at first */
  chooseSome(
    what: string,
    choices: readonly Choice[],
    proposed: readonly string[],
  ): Promise<readonly string[]>;
  confirm(question: string): Promise<boolean>;
  /** Asks for the easy-to-remember key in use. */
  askEasyKey(what: string): Promise<string>;
  /** Asks for a new easy-to-remember key, until it is strong enough. */
  askNewEasyKey(what: string): Promise<string>;
  /** Prints a message about a step. */
  say(text: string): void;
}

/** `--yes`: takes the values of flags, or the proposed ones. */
export class ProposedAnswers implements Interview {
  readonly #prompt: Prompt;
  #easyKey: string | undefined;

  constructor(interruption: Interruption) {
    this.#prompt = new Prompt(stdout, interruption);
  }

  async ask<T>({ what, flag, given, proposed, check }: Question<T>): Promise<T> {
    const answer = given ?? proposed;
    if (answer !== undefined) return check(answer);
    throw new BackupError(`${what} is missing, and --yes asks nobody.`, {
      hint: `Give it with ${flag}.`,
    });
  }

  askTogether<T>(questions: (isAgain: boolean) => Promise<T>): Promise<T> {
    return questions(false);
  }

  async choose(_what: string, _choices: readonly Choice[], proposed: string): Promise<string> {
    return proposed;
  }

  async chooseSome(
    _what: string,
    _choices: readonly Choice[],
    proposed: readonly string[],
  ): Promise<readonly string[]> {
    return proposed;
  }

  async confirm(): Promise<boolean> {
    return true;
  }

  /** The first line of standard input. */
  async askEasyKey(what: string): Promise<string> {
    this.#easyKey ??= await (stdin.isTTY ? this.#prompt.askHidden(`${what}: `) : this.#prompt.ask(''));
    if (this.#easyKey === '') throw unfit('Standard input has none.');
    return this.#easyKey;
  }

  async askNewEasyKey(what: string): Promise<string> {
    const easyKey = await this.askEasyKey(what);
    const problem = weaknessOf(easyKey);
    if (problem !== undefined) throw unfit(problem);
    return easyKey;
  }

  say(text: string): void {
    if (!isQuiet()) stdout.write(`${text}\n`);
  }
}

function unfit(problem: string): BackupError {
  return new BackupError(`The easy-to-remember key is not usable. ${problem}`, {
    hint: 'Write it to standard input, or skip this step with --skip escrow.',
  });
}

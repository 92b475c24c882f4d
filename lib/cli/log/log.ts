// Where messages go: information to syslog, warnings and errors to stderr as well; on a terminal also a summary and a
// progress line that disappears.
import { isQuiet, isVerbose, showsProgress, usesColor } from './output-options.js';
import { Syslog } from './syslog.js';

const CLEAR_LINE = '\r\x1b[K';
/** How often the progress line changes (ms): a terminal over a slow line must not slow the work down. */
const PROGRESS_INTERVAL = 100;
/** Red, yellow and cyan. */
const COLORS = { ERROR: 31, WARNING: 33, HINT: 36 } as const;

export class Log {
  readonly #prefix: string;
  readonly #syslog: Syslog;
  #progressShown = false;
  #progressChanged = 0;
  readonly #hints = new Set<string>();

  /**
   * @param name of the command; in syslog our PID follows it, as with the original's `logger --tag`
   * @param prefixed whether lines on stderr begin with that tag too
   */
  constructor(name: string, prefixed: boolean) {
    const tag = `${name}[${process.pid}]`;
    this.#prefix = prefixed ? `${tag}: ` : '';
    this.#syslog = new Syslog(tag);
  }

  info(message: string): void {
    const line = printable(message);
    this.#syslog.send('info', line);
    if (isVerbose()) this.#print(line);
  }

  /** Prints what is going on, on stderr only. */
  say(message: string): void {
    if (!isQuiet()) this.#print(printable(message));
  }

  /** One line on what a command has done, for syslog and a terminal. */
  summary(message: string): void {
    this.info(message);
    if (process.stderr.isTTY && !isQuiet() && !isVerbose()) this.#print(printable(message));
  }

  /** What remains after a signal. The terminal has shown `^C` in the line of the progress. */
  ended(message: string): void {
    if (showsProgress()) process.stderr.write(CLEAR_LINE);
    this.summary(message);
  }

  warn(message: string): void {
    this.#critical('WARNING', message);
  }

  error(message: string): void {
    this.#critical('ERROR', message);
  }

  /** What to do about the error before it. The same hint is printed once. */
  hint(message: string): void {
    if (this.#hints.has(message)) return;
    this.#hints.add(message);
    this.#critical('HINT', message);
  }

  /** Shows `text` in place of the last progress, on a terminal only. `undefined` removes it. */
  progress(text: string | undefined): void {
    if (!showsProgress()) return;
    const { stderr } = process;
    const now = Date.now();
    if (text !== undefined && now - this.#progressChanged < PROGRESS_INTERVAL) return;
    this.#progressChanged = text === undefined ? 0 : now;
    if (this.#progressShown) stderr.write(CLEAR_LINE);
    this.#progressShown = text !== undefined;
    if (text === undefined) return;
    stderr.write(printable(text).slice(0, (stderr.columns || 80) - 1));
  }

  /** Waits until syslog has everything. @returns see `Syslog.close` */
  async close(): Promise<boolean> {
    this.progress(undefined);
    return this.#syslog.close();
  }

  #critical(kind: keyof typeof COLORS, message: string): void {
    const text = printable(message);
    this.#syslog.send('crit', `${kind}: ${text}`);
    const word = usesColor() ? `\x1b[${COLORS[kind]}m${kind}:\x1b[0m` : `${kind}:`;
    this.#print(`${word} ${text}`);
  }

  #print(line: string): void {
    this.progress(undefined);
    process.stderr.write(`${this.#prefix}${line}\n`);
  }
}

/** Escapes control characters, so that a file's name can neither control a terminal nor fake a line. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, (character) =>
    character === '\n' ? '\\n' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

// Where messages go: information to syslog only, warnings and errors to stderr as well,
// and on a terminal a progress line that never stays.
import { Syslog } from './syslog.js';

const CLEAR_LINE = '\r\x1b[K';

export class Log {
  readonly #prefix: string;
  readonly #syslog: Syslog;
  readonly #progressName: string;
  #progressShown = false;
  readonly #hints = new Set<string>();

  /**
   * @param name the command's; syslog gets it with our PID, as `logger --tag` of the original does
   * @param prefixed whether lines on stderr begin with that tag too
   */
  constructor(name: string, prefixed: boolean) {
    const tag = `${name}[${process.pid}]`;
    this.#prefix = prefixed ? `${tag}: ` : '';
    this.#progressName = name;
    this.#syslog = new Syslog(tag);
  }

  info(message: string): void {
    this.#syslog.send('info', printable(message));
  }

  warn(message: string): void {
    this.#critical(`WARNING: ${message}`);
  }

  error(message: string): void {
    this.#critical(`ERROR: ${message}`);
  }

  /** What to do about the error before it. The same hint is shown once. */
  hint(message: string): void {
    if (this.#hints.has(message)) return;
    this.#hints.add(message);
    this.#critical(`HINT: ${message}`);
  }

  /** Shows `text` in place of the last progress; only on a terminal. `undefined` takes it away. */
  progress(text: string | undefined): void {
    const { stderr } = process;
    if (!stderr.isTTY) return;
    if (this.#progressShown) stderr.write(CLEAR_LINE);
    this.#progressShown = text !== undefined;
    if (text === undefined) return;
    stderr.write(printable(`${this.#progressName}: ${text}`).slice(0, (stderr.columns || 80) - 1));
  }

  /** Waits until syslog has everything. @returns see `Syslog.close` */
  async close(): Promise<boolean> {
    this.progress(undefined);
    return this.#syslog.close();
  }

  #critical(message: string): void {
    const line = printable(message);
    this.progress(undefined);
    this.#syslog.send('crit', line);
    process.stderr.write(`${this.#prefix}${line}\n`);
  }
}

/** `text` with its control characters spelled out: a file's name must not act on a terminal or fake a line. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, (character) =>
    character === '\n' ? '\\n' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

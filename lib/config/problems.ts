import { BackupError } from '../cli/errors.js';
import { isSettingName } from './settings.js';
import { quoteForMessage } from './shown.js';
import type { ConfigValues } from './values.js';

interface Finding {
  readonly line: number;
  readonly text: string;
}

/** Collects everything that is wrong with a config, so that all of it is reported at once. */
export class Problems {
  readonly #file: string;
  readonly #values: ConfigValues;
  readonly #missing: string[] = [];
  readonly #found: Finding[] = [];
  readonly #warnings: Finding[] = [];

  constructor(file: string, values: ConfigValues) {
    this.#file = file;
    this.#values = values;
  }

  /** A required setting has no value; the sentence is the original's. */
  missing(name: string): void {
    const sentence = `The config file is incomplete. No value for "${name}".`;
    this.#missing.push(`${sentence} (${this.#where(name)})`);
  }

  /** `text` says what is wrong with the value of `name`, with the value only as `shown` quotes it. */
  add(name: string, text: string): void {
    this.#found.push(this.#finding(name, text));
  }

  /** A value as `add` and `warn` may be told it. */
  shown(value: string): string {
    return quoteForMessage(value, this.#values.values.get('ENCRYPTION_KEY'));
  }

  /** The value of `name` goes on into the line of the key. */
  addSwallowedKey(name: string): void {
    const causes = 'a missing quote or parenthesis, or a backslash at the end of the line';
    this.add(name, `${name} goes on into the line of ENCRYPTION_KEY, through ${causes}.`);
  }

  /** Worth saying, but the original works with it. */
  warn(name: string, text: string): void {
    this.#warnings.push(this.#finding(name, text));
  }

  /** What did not stop bash, and what `warn` was told. */
  warnings(): string[] {
    return [...this.#values.warnings, ...inOrder(this.#warnings)];
  }

  /** @throws {BackupError} if there is any problem; it tells the warnings too. */
  throwIfAny(): void {
    if (this.#missing.length === 0 && this.#found.length === 0) return;
    const lines = [
      ...this.#missing,
      ...inOrder([...this.#found, ...this.#warnings]),
      ...this.#values.warnings,
    ];
    const hint = `Correct ${this.#file}; config.template describes every setting.`;
    throw new BackupError(lines.join('\n'), { hint });
  }

  #finding(name: string, text: string): Finding {
    return { line: this.#values.lines.get(name) ?? 0, text: `${this.#where(name)}: ${text}` };
  }

  #where(name: string): string {
    const line = this.#values.lines.get(name);
    if (line !== undefined) return `${this.#file}:${line}`;
    const isInherited = this.#values.values.get(name) && !this.#values.assigned.has(name);
    return isInherited && isSettingName(name)
      ? `${this.#file} (not set there, but in the environment)`
      : this.#file;
  }
}

function inOrder(findings: readonly Finding[]): string[] {
  return findings.toSorted((a, b) => a.line - b.line).map((finding) => finding.text);
}

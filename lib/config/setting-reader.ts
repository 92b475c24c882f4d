import { BackupError } from '../cli/errors.js';
import type { Log } from '../cli/log/log.js';
import { type Check, hook, InvalidValue } from './checks.js';
import { ARRAY_NAME, defaults, isSettingName, type ScalarName, scalarNames } from './settings.js';
import type { ConfigValues } from './values.js';

const KEY = 'ENCRYPTION_KEY';
/** A placeholder of config.template. */
const PLACEHOLDER = /%(BUCKET|LOCAL_DIR|PREFIX_DIR|32_CHARACTERS_KEY)%/;
const MAX_QUOTED = 60;

/** Logs warnings. */
export type WarningLog = Pick<Log, 'warn'>;

/** The settings of a config are wrong, or it can't be read to its end. */
export class InvalidConfigError extends BackupError {
  /** ON_FAILURE of that config, if it is valid. */
  readonly onFailure: string | undefined;

  constructor(lines: readonly string[], hint: string | undefined, onFailure: string | undefined) {
    super(lines, { hint });
    this.onFailure = onFailure;
  }
}

interface Remark {
  readonly line: number;
  readonly text: string;
}

/**
 * Reads the settings one by one and collects their problems for one report. After a problem, `required`, `read` and
 * `patterns` return a value that must not be used: `finish` throws.
 */
export class SettingReader {
  readonly #file: string;
  readonly #values: ConfigValues;
  readonly #isPartial: boolean;
  readonly #missing: string[] = [];
  readonly #problems: Remark[] = [];
  readonly #warnings: Remark[] = [];

  /** @param isPartial whether required settings may be missing */
  constructor(file: string, values: ConfigValues, isPartial: boolean) {
    this.#file = file;
    this.#values = values;
    this.#isPartial = isPartial;
    for (const name of scalarNames) if (this.#holdsKeyLine(name, this.#valueOf(name))) this.#addKeyLine(name);
  }

  /** A required setting, without a default for an empty value. */
  required<T>(name: ScalarName, check: Check<T>): T {
    const value = this.#valueOf(name);
    if (value !== '') return this.#check(name, value, check) as T;
    if (!this.#isPartial) {
      // The sentence is the original's.
      const sentence = `The config file is incomplete. No value for "${name}".`;
      this.#missing.push(`${sentence} (${this.#place(name)})`);
    }
    return undefined as T;
  }

  /** A setting with a default. */
  read<T>(name: ScalarName, check: Check<T>): T {
    return this.#check(name, this.#valueOf(name) || (defaults[name] ?? ''), check) as T;
  }

  /** @returns `undefined` for an empty value */
  optional<T>(name: ScalarName, check: Check<T>): T | undefined {
    const value = this.#valueOf(name);
    return value === '' ? undefined : this.#check(name, value, check);
  }

  /** The elements of EXCLUDE. */
  patterns(check: Check<string>): readonly string[] {
    const patterns = this.#values.exclude;
    if (patterns.some((pattern) => this.#holdsKeyLine(ARRAY_NAME, pattern))) this.#addKeyLine(ARRAY_NAME);
    for (const pattern of patterns) this.#check(ARRAY_NAME, pattern, check);
    return patterns;
  }

  addProblem(name: string, text: string): void {
    this.#problems.push(this.#remark(name, text));
  }

  /** For values that the original accepts. */
  addWarning(name: string, text: string): void {
    this.#warnings.push(this.#remark(name, text));
  }

  /**
   * Logs the warnings.
   * @throws {InvalidConfigError} with all problems and the warnings, if there are problems
   */
  finish(log: WarningLog): void {
    const { warnings } = this.#values;
    if (this.#missing.length === 0 && this.#problems.length === 0) {
      for (const warning of [...warnings, ...inOrder(this.#warnings)]) log.warn(warning);
      return;
    }
    const lines = [...this.#missing, ...inOrder([...this.#problems, ...this.#warnings]), ...warnings];
    const hint = `Correct ${this.#file}; config.template describes every setting.`;
    throw new InvalidConfigError(lines, hint, this.optional('ON_FAILURE', hook));
  }

  #valueOf(name: ScalarName): string {
    return this.#values.values.get(name) ?? '';
  }

  #check<T>(name: string, value: string, check: Check<T>): T | undefined {
    if (this.#holdsKeyLine(name, value)) return undefined;
    const placeholder = PLACEHOLDER.exec(value)?.[0];
    if (placeholder !== undefined) {
      const text = `${name} still holds the template's ${placeholder}. Replace it with your value.`;
      // As a prefix it works, and the original accepts it.
      if (name === 'REMOTE_DIR_PREFIX') this.addWarning(name, text);
      else this.addProblem(name, text);
    }
    try {
      return check(value, (text) => this.addWarning(name, `${name}: ${this.#quote(name, value)} ${text}`));
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      const { message, advice, isQuotable } = error;
      const rule = isQuotable ? `${message}, not ${this.#quote(name, value)}` : message;
      if (placeholder === undefined) this.addProblem(name, `${name} ${rule}. ${advice}`.trimEnd());
      return undefined;
    }
  }

  /** Whether a value swallows the line of the key, which nobody can mean. */
  #holdsKeyLine(name: string, value: string): boolean {
    return name !== KEY && value.includes(`${KEY}=`);
  }

  #addKeyLine(name: string): void {
    const causes = 'a missing quote or parenthesis, or a backslash at the end of the line';
    this.addProblem(name, `${name} includes the line of ${KEY}, because of ${causes}.`);
  }

  /** Quotes a value, or describes it if it may contain the key or other lines of the file. */
  #quote(name: string, value: string): string {
    // An array that has swallowed other lines may hold parts of the key.
    if (name === ARRAY_NAME && !this.#values.exclude.every(isOneLine)) return 'a pattern';
    const key = this.#valueOf(KEY);
    const holdsKey = key !== '' && value.includes(key);
    if (isOneLine(value) && value.length <= MAX_QUOTED && !holdsKey) return `"${value}"`;
    return `a value of ${value.length} characters (is a quote missing?)`;
  }

  #remark(name: string, text: string): Remark {
    return { line: this.#values.lines.get(name) ?? 0, text: `${this.#place(name)}: ${text}` };
  }

  #place(name: string): string {
    const { lines, assigned, values } = this.#values;
    const line = lines.get(name);
    if (line !== undefined) return `${this.#file}:${line}`;
    const isInherited = isSettingName(name) && values.get(name as ScalarName) && !assigned.has(name);
    return isInherited ? `${this.#file} (not set there, but in the environment)` : this.#file;
  }
}

function isOneLine(value: string): boolean {
  return !value.includes('\n') && !value.includes(KEY);
}

function inOrder(remarks: readonly Remark[]): string[] {
  return remarks.toSorted((a, b) => a.line - b.line).map(({ text }) => text);
}

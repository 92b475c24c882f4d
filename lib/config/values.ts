/** The values of a config before they are checked. Both readers, the lexer and bash, return this. */
export interface ConfigValues {
  /** The settings of one value, from the file, the environment or a default. */
  readonly values: ReadonlyMap<string, string>;
  /** The elements of `EXCLUDE`; a plain value that is not empty is one element. */
  readonly exclude: readonly string[];
  /** The line of each name's last assignment, from 1; for a file that bash has read, as far as its text shows it. */
  readonly lines: ReadonlyMap<string, number>;
  /** Every name that the file assigns. */
  readonly assigned: ReadonlySet<string>;
  /** The names that the file itself reads, as `$NAME`: its own variables, not misspelled settings. */
  readonly namesUsed: ReadonlySet<string>;
  /**
   * The variables that are exported at the end of the file, without the key and `EXCLUDE`: the environment of `aws`.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** The working directory at the end of the file: its relative paths are relative to this. */
  readonly directory: string;
  /** Errors that bash reported and ignored. */
  readonly warnings: readonly string[];
}

/**
 * The state in which the original's shell starts: the config's name as given, the environment, the working directory.
 */
export interface ShellContext {
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
}

/** The variables of an environment that have a value. */
export function entriesOf(environment: NodeJS.ProcessEnv): [string, string][] {
  return Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
}

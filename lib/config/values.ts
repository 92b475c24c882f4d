/** What a config assigns, before anything of it is checked. Both readers, the lexer and bash, return it. */
export interface ConfigValues {
  /** The settings of one value, whether the file, the environment or a default gives it. */
  readonly values: ReadonlyMap<string, string>;
  /** The elements of `EXCLUDE`; a plain value that is not empty is one element. */
  readonly exclude: readonly string[];
  /** The line of each name's last assignment, from 1; of a file that bash has read, as far as its text shows it. */
  readonly lines: ReadonlyMap<string, number>;
  /** Every name that the file assigns. */
  readonly assigned: ReadonlySet<string>;
  /** The names that the file itself reads, as `$NAME`: they are variables of its own, not misspelled settings. */
  readonly namesUsed: ReadonlySet<string>;
  /** The exported variables once the file has been read, without the key and `EXCLUDE`: the environment of `aws`. */
  readonly environment: Readonly<Record<string, string>>;
  /** The working directory once the file has been read, to which its relative paths are relative. */
  readonly directory: string;
  /** What bash complained about and went on. */
  readonly warnings: readonly string[];
}

/** An environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the shell of the original starts with: the config's name as given, the environment, the working directory. */
export interface ShellContext {
  readonly file: string;
  readonly environment: Environment;
  readonly directory: string;
}

/** The variables of an environment that have a value. */
export function entriesOf(environment: Environment): [string, string][] {
  return Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
}

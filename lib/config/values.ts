/** What a config file says, before anyone asks whether it makes sense. Both readers return it. */
export interface ConfigValues {
  /** The settings of one value that have one, be it from the file, the environment or the defaults. */
  readonly values: ReadonlyMap<string, string>;
  /** The patterns of `EXCLUDE`: its elements, or the one that it is as a plain value, unless that is empty. */
  readonly exclude: readonly string[];
  /** Where each name was assigned last, as far as that can be told of a file that bash has read. */
  readonly lines: ReadonlyMap<string, number>;
  /** Every name that the file assigned. */
  readonly assigned: ReadonlySet<string>;
  /** The names that bash found in the file's text as `$NAME`: what is used is no slip of the pen. */
  readonly used: ReadonlySet<string>;
  /** The exported variables after the file ran, without the key and `EXCLUDE`: the environment of `aws`. */
  readonly environment: Readonly<Record<string, string>>;
  /** The working directory after the file ran: what relative paths are relative to. */
  readonly directory: string;
  /** What went wrong in the file without stopping bash. */
  readonly warnings: readonly string[];
}

/** An environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a config is read: its name as given, and the environment and directory the original would run in. */
export interface BashVariables {
  readonly file: string;
  readonly environment: Environment;
  readonly directory: string;
}

/** The variables of an environment that have a value. */
export function entriesOf(environment: Environment): [string, string][] {
  return Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
}

/** The names a config's text uses as `$NAME` or `${NAME…`. */
export function namesUsed(text: string): Set<string> {
  const found = new Set<string>();
  for (const match of text.matchAll(/\$\{?[!#]?([A-Za-z_][A-Za-z0-9_]*)/g)) found.add(match[1] ?? '');
  return found;
}

import { assignedBeforehand, LIST_NAME, scalarNames } from './settings.js';
import { fromBytes, toBytes } from './text.js';
import { type ConfigValues, type Environment, entriesOf } from './values.js';

/** The variables of the shell that bash would be, and what a file changes. A character of a value is a byte. */
export class ShellVariables {
  readonly lines = new Map<string, number>();
  readonly #inherited: ReadonlyMap<string, string>;
  readonly #own = new Map<string, string>();
  #list: readonly string[] | undefined;
  readonly #exported = new Set<string>();

  /** As the original's are when it begins to read `file`. */
  constructor(file: string, environment: Environment) {
    this.#inherited = new Map(entriesOf(environment).filter(([name]) => name !== LIST_NAME));
    this.#own.set('CONFIG_FILE', toBytes(file));
    for (const [name, value] of Object.entries(assignedBeforehand)) this.#own.set(name, value);
  }

  get(name: string): string | undefined {
    const own = this.#own.get(name);
    if (own !== undefined) return own;
    const inherited = this.#inherited.get(name);
    return inherited === undefined ? undefined : toBytes(inherited);
  }

  assign(name: string, value: string, line: number): void {
    this.#own.set(name, value);
    this.lines.set(name, line);
  }

  /** Makes `LIST_NAME` an array, which it stays. */
  assignList(elements: readonly string[], line: number): void {
    this.#list = elements;
    this.lines.set(LIST_NAME, line);
  }

  isList(name: string): boolean {
    return name === LIST_NAME && this.#list !== undefined;
  }

  export(name: string): void {
    this.#exported.add(name);
  }

  settings(): Map<string, string> {
    const values = new Map<string, string>();
    for (const name of scalarNames) {
      const value = this.get(name);
      if (value !== undefined) values.set(name, fromBytes(value) ?? '');
    }
    return values;
  }

  /** The patterns of `EXCLUDE`: see ConfigValues. */
  exclude(): string[] {
    const elements = this.#list ?? [this.get(LIST_NAME)].filter((value) => value !== '');
    return elements.flatMap((value) => (value === undefined ? [] : [fromBytes(value) ?? '']));
  }

  /** Everything exported, which what came from the environment stays, but the key and `EXCLUDE`. */
  environment(): ConfigValues['environment'] {
    const environment = new Map(this.#inherited);
    for (const [name, value] of this.#own) {
      if (environment.has(name) || this.#exported.has(name)) environment.set(name, fromBytes(value) ?? '');
    }
    environment.delete('ENCRYPTION_KEY');
    environment.delete(LIST_NAME);
    return Object.fromEntries(environment);
  }
}

// The words that can come next on a command line, by the definitions of the commands.
import type { Command, Option } from 'commander';

export interface Candidate {
  readonly text: string;
  /** '' for none. */
  readonly description: string;
}

export interface Expected {
  /** Words of the commands themselves. */
  readonly words: readonly Candidate[];
  /** The names of the arguments, or of an option's value, that can stand there: `config_file`, `path`, … */
  readonly names: ReadonlySet<string>;
  /** The config that --config or an argument names so far. */
  readonly configFile: string | undefined;
}

const NOTHING: Expected = { words: [], names: new Set(), configFile: undefined };

/** @param words what follows the name of the program; the last one is to be completed */
export function expectedWords(umbrella: Command, words: readonly string[]): Expected {
  const [name = '', ...others] = words;
  if (others.length === 0)
    return { ...NOTHING, words: [...commandsOf(umbrella), ...optionsOf(umbrella, name)] };
  const command = umbrella.commands.find((it) => it.name() === name);
  return command === undefined ? NOTHING : expectedOf(command, others);
}

function expectedOf(command: Command, words: readonly string[]): Expected {
  const current = words.at(-1) ?? '';
  const forms = formsOf(command);
  let configFile: string | undefined;
  let position = 0;
  let areOptionsOver = false;
  let open: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (open !== undefined) {
      if (open.long === '--config') configFile = word;
      open = undefined;
    } else if (word === '--' && !areOptionsOver) areOptionsOver = true;
    else if (word.startsWith('-') && word !== '-' && !areOptionsOver) {
      const option = command.options.find((it) => it.short === word || it.long === word);
      open = option?.required === true ? option : undefined;
    } else {
      if (namesAt(forms, position).has('config_file')) configFile ??= word;
      position += 1;
    }
  }
  if (open !== undefined) {
    const choices = (open.argChoices ?? []).map(plain);
    const [, value = ''] = /[<[](\w+)/.exec(open.flags) ?? [];
    return { words: choices, names: new Set([value]), configFile };
  }
  const options = areOptionsOver ? [] : optionsOf(command, current);
  const choices = (command.registeredArguments[position]?.argChoices ?? []).map(plain);
  return { words: [...choices, ...options], names: namesAt(forms, position), configFile };
}

/** Options are offered only after a `-`, since there are many. */
function optionsOf(command: Command, current: string): Candidate[] {
  if (!current.startsWith('-')) return [];
  const options = [...command.options, ...command.createHelp().visibleOptions(command)];
  const described = new Map(
    options.filter((it) => it.description !== '').map((it) => [it.long ?? it.flags, it.description]),
  );
  return [...described].map(([text, description]) => ({ text, description }));
}

function commandsOf(umbrella: Command): Candidate[] {
  const visible = umbrella.createHelp().visibleCommands(umbrella);
  return visible.map((it) => ({ text: it.name(), description: it.summary() || it.description() }));
}

function plain(text: string): Candidate {
  return { text, description: '' };
}

interface Place {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isRepeated: boolean;
}

/** The arguments in each form of the usage, which says more than the definitions of the arguments. */
function formsOf(command: Command): Place[][] {
  const usage = command.createHelp().commandUsage(command);
  return usage.split('\n').map((line) => {
    const withoutOptions = line.replaceAll(/\[options\]|\[?--[\w-]+(?: <\w+>)?\]?/g, '');
    return [...withoutOptions.matchAll(/([<[])(\w+)(\.{3})?[>\]]/g)].map(([, bracket, name = '', dots]) => ({
      name,
      isRequired: bracket === '<',
      isRepeated: dots !== undefined,
    }));
  });
}

/** The names of the arguments that can stand at a position. */
function namesAt(forms: readonly (readonly Place[])[], position: number): Set<string> {
  const names = new Set<string>();
  for (const form of forms) {
    let [first, last] = [0, 0];
    for (const { name, isRequired, isRepeated } of form) {
      if (isRepeated) last = Number.POSITIVE_INFINITY;
      if (first <= position && position <= last) names.add(name);
      first += isRequired ? 1 : 0;
      last += 1;
    }
  }
  return names;
}

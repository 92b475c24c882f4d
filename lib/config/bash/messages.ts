import { settingNames } from '../settings.js';

const NOT_FOUND = 'bash does not find this command';

/** The meanings of bash's messages, without the text that bash quotes: it may be a part of the key. */
const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /: unbound variable$/,
    "this uses a variable without a value (put a `$` that stands for itself in single quotes: NAME='value')",
  ],
  [/unexpected EOF while looking for matching/, 'a quote or bracket that opens here is never closed'],
  [/: unexpected end of file/, 'the file ends in the middle of a command'],
  [/: readonly variable$/, 'bash does not let anyone change this variable'],
  [
    new RegExp(`: (${settingNames.join('|')}): command not found$`),
    'a blank between the name of a setting and its `=` makes the name a command',
  ],
  [/: command not found$/, NOT_FOUND],
  [/: syntax error/, 'a syntax error'],
  [/: No such file or directory$/, 'a file or directory does not exist'],
  [/: Permission denied$/, 'permission denied'],
  [/: cannot execute binary file$/, 'the file is not text'],
  [/: bad substitution$/, 'bash does not understand this parameter expansion'],
  [/: not a valid identifier$/, 'no variable can have this name'],
];

/** A message of bash about a line of the config. */
interface BashMessage {
  /** From 1. */
  readonly line: number;
  readonly meaning: string;
}

/**
 * Ignores the output of other programs. In languages other than English, only the line is understood.
 * @param path bash's name of the config
 */
export function parseMessages(stderr: string, path: string): BashMessage[] {
  return stderr.split('\n').flatMap((message) => {
    if (!message.startsWith(`${path}: `)) return [];
    const line = /^\S+ (\d+): /.exec(message.slice(`${path}: `.length))?.[1];
    const meaning = meanings.find(([pattern]) => pattern.test(message))?.[1] ?? 'bash reports an error';
    return line === undefined ? [] : [{ line: Number(line), meaning }];
  });
}

/** The lines whose command bash did not find. */
export function linesNotFound(messages: readonly BashMessage[]): number[] {
  return messages.filter(({ meaning }) => meaning === NOT_FOUND).map(({ line }) => line);
}

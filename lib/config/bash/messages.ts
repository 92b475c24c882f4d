import { settingNames } from '../settings.js';

const NOT_FOUND = 'bash does not find this command';

/** What bash's messages mean. The text that bash quotes is left out: it may be a part of the key. */
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

/**
 * Bash's messages about lines of the config, as `FILE:LINE: meaning`. What other programs print is left out. In another
 * language than English only the line is understood.
 * @param path bash's name of the config
 * @param file the user's name of the config
 */
export function describeMessages(stderr: string, path: string, file: string): string[] {
  const messages = new Set<string>();
  const start = `${path}: `;
  for (const message of stderr.split('\n')) {
    if (!message.startsWith(start)) continue;
    const rest = message.slice(start.length);
    const line = /^\S+ (\d+): /.exec(rest)?.[1];
    const meaning = meanings.find(([pattern]) => pattern.test(rest))?.[1] ?? 'bash reports an error';
    if (line !== undefined) messages.add(`${file}:${line}: ${meaning}`);
  }
  return [...messages];
}

/** The lines whose command bash did not find, according to `describeMessages`. */
export function linesNotFound(messages: readonly string[], file: string): number[] {
  return messages
    .filter((message) => message.endsWith(`: ${NOT_FOUND}`))
    .map((message) => Number.parseInt(message.slice(`${file}:`.length), 10));
}

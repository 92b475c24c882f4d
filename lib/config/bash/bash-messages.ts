import { settingNames } from '../settings.js';

const NOT_FOUND = 'a command was not found';

/** What bash's messages are about, without the text they quote: that may be a part of the key. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [
    /: unbound variable$/,
    "a variable that has no value is used (a `$` that is meant as itself belongs into single quotes: NAME='value')",
  ],
  [/unexpected EOF while looking for matching/, 'a quote or bracket that opens there is never closed'],
  [/: unexpected end of file/, 'the file ends in the middle of a command'],
  [/: readonly variable$/, 'a variable that bash does not let anyone change is assigned'],
  [
    new RegExp(`: (${settingNames.join('|')}): command not found$`),
    'there is a blank between the name of a setting and its `=`, which makes the name a command',
  ],
  [/: command not found$/, NOT_FOUND],
  [/: syntax error/, 'a syntax error'],
  [/: No such file or directory$/, 'a file or directory does not exist'],
  [/: Permission denied$/, 'a permission is missing'],
  [/: cannot execute binary file$/, 'the file is not text'],
  [/: bad substitution$/, 'a parameter expansion that bash does not understand'],
  [/: not a valid identifier$/, 'a name that no variable can have'],
];

/**
 * Those of bash's messages that name a line of the config, which bash knows as `path`, as `FILE:LINE: kind`. What other
 * programs print is left out. In another language than English only the line is known.
 */
export function describeMessages(stderr: string, path: string, file: string): string[] {
  const messages = new Set<string>();
  const begin = `${path}: `;
  for (const text of stderr.split('\n')) {
    if (!text.startsWith(begin)) continue;
    const rest = text.slice(begin.length);
    const line = /^\S+ (\d+): /.exec(rest)?.[1];
    const kind = kinds.find(([pattern]) => pattern.test(rest))?.[1] ?? 'bash reports an error';
    if (line !== undefined) messages.add(`${file}:${line}: ${kind}`);
  }
  return [...messages];
}

/** The lines of those messages of `describeMessages` that tell of a command which was not found. */
export function linesNotFound(messages: readonly string[], file: string): number[] {
  return messages
    .filter((it) => it.endsWith(`: ${NOT_FOUND}`))
    .map((it) => Number.parseInt(it.slice(`${file}:`.length), 10));
}

// The man page of a command, from its definition: roff with the macros of man(7).
import type { Command } from 'commander';
import { EXIT_CODES, outputOptions, sentence } from './command-line.js';

/** The day of the release, for the header of each page. */
const RELEASED = '2026-11-27';

/** @param umbrella the command that the others belong to; it can be `command` itself */
export function manPage(command: Command, umbrella: Command): string {
  const help = command.createHelp();
  const name = pageName(command, umbrella);
  const subcommands = help.visibleCommands(command).filter((it) => it.name() !== 'help');
  const others = [umbrella, ...umbrella.commands].filter(
    (it) => it !== command && isDocumented(it, umbrella),
  );
  const after = textAfterOptions(command);
  const notes = after.filter((it) => !/^\n?(Output|Exit codes):/.test(it));
  const exitCodes = after.find((it) => /^\n?Exit codes:/.test(it)) ?? EXIT_CODES;
  return [
    `.TH ${roff(name.toUpperCase())} 1 ${RELEASED} "encrypted\\-s3\\-backup ${umbrella.version()}" "User Commands"`,
    // A narrow terminal has no room to adjust lines to the right; a hyphen would be read as a part of a path or a name.
    '.ad l',
    '.nh',
    '.SH NAME',
    `${roff(name)} \\-`,
    ...paragraph((command.summary() || command.description()).replace(/\.$/, '')),
    '.SH SYNOPSIS',
    '.nf',
    ...help
      .commandUsage(command)
      .split('\n')
      .map((line) => synopsis(line.trim())),
    '.fi',
    '.SH DESCRIPTION',
    ...paragraph(sentence(command.description())),
    ...notes.flatMap((it) => ['.PP', ...preformatted(it)]),
    ...section(
      'COMMANDS',
      subcommands,
      (it) => it.name(),
      (it) => it.summary() || it.description(),
    ),
    ...section(
      'ARGUMENTS',
      help.visibleArguments(command),
      (it) => it.name(),
      (it) => it.description,
    ),
    ...section(
      'OPTIONS',
      [...help.visibleOptions(command), ...outputOptions()],
      (it) => it.flags,
      (it) => it.description,
    ),
    '.SH EXIT STATUS',
    ...preformatted(exitCodes.replace('Exit codes:', '')),
    '.SH FILES',
    '.TP',
    '.I ~/.config/encrypted\\-s3\\-backup/config',
    'The config that is used when none is named.',
    '.SH SEE ALSO',
    others
      .map((it) => `.BR ${roff(pageName(it, umbrella))} (1)`)
      .sort()
      .join(' ,\n'),
    '',
  ].join('\n');
}

/** The name of the page, without its section. */
export function pageName(command: Command, umbrella: Command): string {
  return command === umbrella ? umbrella.name() : `${umbrella.name()}-${command.name()}`;
}

/** Whether a command has a page: all have one except `help` and hidden ones. */
export function isDocumented(command: Command, umbrella: Command): boolean {
  if (command === umbrella) return true;
  return command.name() !== 'help' && umbrella.createHelp().visibleCommands(umbrella).includes(command);
}

function section<T>(
  title: string,
  items: readonly T[],
  term: (item: T) => string,
  description: (item: T) => string,
): string[] {
  if (items.length === 0) return [];
  return [
    `.SH ${title}`,
    ...items.flatMap((item) => ['.TP', `.B ${roff(term(item))}`, ...paragraph(sentence(description(item)))]),
  ];
}

/** The paragraphs of the help after the options. */
function textAfterOptions(command: Command): string[] {
  let text = '';
  const { writeOut = () => {} } = command.configureOutput();
  command.configureOutput({ writeOut: (words) => (text += words) });
  command.outputHelp();
  command.configureOutput({ writeOut });
  return text.slice(command.helpInformation().length).split('\n\n');
}

function preformatted(text: string): string[] {
  const lines = text.replace(/^\n+/, '').trimEnd().split('\n');
  return ['.nf', ...lines.map((it) => line(it.replace(/^ {2}/, ''))), '.fi'];
}

/** Text that man(1) fills: lines may break at any blank. */
function paragraph(text: string): string[] {
  return text
    .split('\n')
    .flatMap((it) => it.match(/\S(?:.{0,65}\S)?(?=\s|$)|\S+/g) ?? [])
    .map(line);
}

function synopsis(usage: string): string {
  return line(usage).replace(/^(encrypted\\-s3(?: ?[a-z\\-]+)?)/, '\\fB$1\\fR');
}

/** A line of text. `\&` keeps a dot or a quote at its beginning from making it a request. */
function line(text: string): string {
  const words = roff(text);
  return /^[.']/.test(words) ? `\\&${words}` : words;
}

function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(
      /[^\x20-\x7e]/gu,
      (it) => `\\[u${it.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

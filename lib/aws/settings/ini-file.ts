// The user's files as the AWS CLI understands them, which reads them with Python's configparser.
import { parse } from 'ini';

/** The settings of a section; those of a nested block are named `s3.endpoint_url`. */
export type IniSettings = Readonly<Record<string, string>>;
/** A file's sections, by their names as they stand, but for quotes; each has the settings of `[DEFAULT]`, too. */
export type IniSections = ReadonlyMap<string, IniSettings>;

/** configparser gives what is in this section to each other one. */
const SHARED = 'DEFAULT';

/** The sections of a file's text. */
export function parseIni(text: string): IniSections {
  const parsed = Object.entries(parse(normalize(text))).map(
    ([name, content]) => [name.replaceAll(/["']/g, ''), settingsOf(content)] as const,
  );
  const shared = parsed.find(([name]) => name === SHARED)?.[1] ?? {};
  return new Map(
    parsed.filter(([name]) => name !== SHARED).map(([name, own]) => [name, { ...shared, ...own }]),
  );
}

/**
 * The text in the form that `ini` reads: names in lower case, `:` as well as `=`, single blanks in a section's name;
 * and without what INI does not know: a line that is indented deeper than the setting above goes on with its value,
 * be it like a section or a setting; below `s3 =` without a value, `endpoint_url` becomes `s3.endpoint_url`.
 */
function normalize(text: string): string {
  let block: string | undefined;
  let depth = Number.POSITIVE_INFINITY;
  const lines = text.split(/\r\n|\r|\n/).map((line) => {
    if (/^\s*([#;]|$)/.test(line)) return '';
    const indent = /^\s*/.exec(line)?.[0].length ?? 0;
    const isContinued = indent > depth;
    const section = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (section !== undefined && !isContinued) {
      depth = Number.POSITIVE_INFINITY;
      // `ini` makes nested objects of dots in a section's name.
      return `[${section.trim().replaceAll(/\s+/g, ' ').replaceAll('.', '\\.')}]`;
    }
    const [, name, value = ''] = /^\s*([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || (isContinued && block === undefined)) return '';
    if (isContinued) return `${block}.${name.toLowerCase()} = ${value}`;
    block = value === '' ? name.toLowerCase() : undefined;
    depth = indent;
    return `${name.toLowerCase()} = ${value}`;
  });
  return lines.join('\n');
}

function settingsOf(section: unknown): IniSettings {
  if (typeof section !== 'object' || section === null) return {};
  return Object.fromEntries(
    // `ini` makes booleans of some words.
    Object.entries(section).flatMap(([key, value]) =>
      typeof value === 'object' ? [] : [[key, String(value)]],
    ),
  );
}

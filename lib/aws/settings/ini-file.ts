// Parses the AWS CLI's files as the AWS CLI does, with Python's configparser.
import { parse } from 'ini';

/** The settings of a section by their names; a nested one is named `s3.endpoint_url`. */
export type IniSettings = Readonly<Record<string, string>>;
/** Sections by their names without quotes; each includes the settings of `[DEFAULT]`. */
export type IniSections = ReadonlyMap<string, IniSettings>;

/** configparser adds its settings to each other section. */
const SHARED = 'DEFAULT';

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
 * Rewrites the text for the package `ini`: names in lower case, `=` for `:`, single blanks in the names of sections. A
 * line that is indented deeper than the setting above continues its value, and is dropped. Below a setting without a
 * value, such as `s3 =`, it is a nested setting: `endpoint_url` becomes `s3.endpoint_url`.
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
      // `ini` would take dots for nested objects.
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
    // `ini` turns some words into booleans.
    Object.entries(section).flatMap(([key, value]) =>
      typeof value === 'object' ? [] : [[key, String(value)]],
    ),
  );
}

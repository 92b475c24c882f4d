// Quotes words for units of systemd, and parses the command lines of schedules. How systemd reads values:
// systemd.syntax(7), systemd.service(5), systemd.unit(5) on specifiers.

/** A word of a setting that takes a list of paths or variables. `text` has no control characters. */
export function quoteWord(text: string): string {
  const escaped = escapePercent(text).replaceAll(/["\\]/g, '\\$&');
  return /^[A-Za-z0-9_./+:@%=,-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** A word of a command line, in which systemd also replaces variables. */
export function quoteArgument(text: string): string {
  return quoteWord(text).replaceAll('$', '$$$$');
}

/** Text without quotes, such as a description. */
export function escapePercent(text: string): string {
  return text.replaceAll('%', '%%');
}

/**
 * Parses the words of a command line that this room has quoted for a shell or for systemd.
 * @param line without systemd's specifiers and variables
 */
export function wordsIn(line: string): string[] {
  const words = line.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, escaped?: string) =>
        double?.replaceAll(/\\(.)/g, '$1') ?? single ?? escaped ?? '',
    ),
  );
}

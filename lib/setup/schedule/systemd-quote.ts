// How systemd reads values in units: systemd.syntax(7), systemd.service(5), systemd.unit(5) on specifiers.

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

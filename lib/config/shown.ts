/** What a missing quote, or a backslash at the end of the line before, glues to another value. */
const KEY_LINE = 'ENCRYPTION_KEY';
const MAX_LENGTH = 60;

/** Whether the value has swallowed the line of the key: no setting can mean that. */
export function holdsKeyLine(value: string): boolean {
  return value.includes(`${KEY_LINE}=`);
}

/** Whether the value ends where its author meant it to, as far as one can tell. */
export function isOneLine(value: string): boolean {
  return !value.includes('\n') && !value.includes(KEY_LINE);
}

/**
 * A value as problems quote it. One that may hold the key, or other lines of the file, is only described.
 * @param key the config's, if it is known
 */
export function quoteForMessage(value: string, key: string | undefined): string {
  const holdsKey = key !== undefined && key !== '' && value.includes(key);
  if (isOneLine(value) && value.length <= MAX_LENGTH && !holdsKey) return `"${value}"`;
  return `a value of ${value.length} characters (is a quote missing?)`;
}

/** A file's name as the shell takes it, for the commands in hints. */
export function shellQuote(name: string): string {
  return /^[A-Za-z0-9_./+:@%=][A-Za-z0-9_./+:@%=-]*$/.test(name)
    ? name
    : `'${name.replaceAll("'", "'\\''")}'`;
}

/**
 * The words before a command that start it without root's right to read and write everything; none for another user.
 */
export const WITHOUT_ROOTS_RIGHTS: readonly string[] =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];

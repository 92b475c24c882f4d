/**
 * Starts a program without root's right to read and write everything; for an ordinary user it changes
 * nothing that matters here.
 */
export const WITHOUT_ROOTS_RIGHTS: readonly string[] =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];

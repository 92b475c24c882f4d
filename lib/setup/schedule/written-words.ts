/**
 * The words of a command line, as this room quotes them for a shell or for systemd: what is read back is what was written.
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

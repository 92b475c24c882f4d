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

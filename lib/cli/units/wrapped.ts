/**
 * Breaks text into lines. A word that is too long has its own line.
 * @param columns of the terminal; 0 if there is none
 */
export function wrapped(text: string, columns = 0): string {
  const width = Math.min(columns || 80, 100) - 1;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

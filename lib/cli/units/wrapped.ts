/** Text in lines of at most so many characters; a longer word has a line of its own. @param columns of the terminal; 0: none */
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

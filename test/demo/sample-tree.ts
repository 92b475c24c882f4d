import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TEXTS: Readonly<Record<string, string>> = {
  'letters/Dear "Anna", it\'s me.txt': 'Dear Anna, all my files are safe.\n',
  'letters/100% & more #1.txt': 'A name that shells and URLs stumble over.\n',
  'letters/\u00dcber \u65e5\u672c\u8a9e \u{1f512}.txt': 'A name that is not ASCII.\n',
  'notes/-begins with a dash.txt': 'A name that could be an option.\n',
  'notes/$HOME and ~ and *.txt': 'A name that a shell would expand.\n',
  'notes/two\nlines.txt': 'A name with a line break.\n',
  'notes/empty': '',
};

/** Larger than 8 MB, so that the AWS CLI uploads the file in parts. */
const LARGE = 12 * 1024 * 1024;

/** Makes a folder with files to back up. */
export function writeSampleTree(folder: string): void {
  const files = { ...TEXTS, 'photos/large photo.raw': randomBytes(LARGE) };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

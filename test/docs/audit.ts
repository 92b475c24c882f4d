// The numbers in docs/audit.md: `npm run docs` writes them, and a test checks them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const AUDIT = join(PROJECT, 'docs/audit.md');
/** The first two cells of a row of files. */
const FILE_ROW = /^\| `((?:lib|bin)\/[^`]+)` \| \d+ \|/;
const TOTAL_ROW = /^\| \*\*Total\*\*[^|]*\| [^|]* \|/;
/** The first two cells of a row of packages, with the text after the name. */
const PACKAGE_ROW = /^\| `([^`]+)`([^|]*)\| \d[\d.]* \|/;

/** The text of a file of the project. @param path relative to the project */
export function read(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8');
}

/** docs/audit.md as it is, and as it has to be. */
export function audit(): { readonly is: string; readonly shouldBe: string } {
  const is = readFileSync(AUDIT, 'utf8');
  const { packages } = JSON.parse(read('package-lock.json'));
  let [files, lines] = [0, 0];
  const shouldBe = is.split('\n').map((row) => {
    const [, file] = FILE_ROW.exec(row) ?? [];
    // Another test reports missing files.
    if (file !== undefined && existsSync(join(PROJECT, file))) {
      const count = read(file).split('\n').length - 1;
      files += 1;
      lines += count;
      return row.replace(FILE_ROW, `| \`${file}\` | ${count} |`);
    }
    if (TOTAL_ROW.test(row)) {
      const total = row.replace(TOTAL_ROW, `| **Total** of ${files} files | ${lines} |`);
      [files, lines] = [0, 0];
      return total;
    }
    return row.replace(PACKAGE_ROW, (_, name, rest) => {
      return `| \`${name}\`${rest}| ${packages[`node_modules/${name}`].version} |`;
    });
  });
  return { is, shouldBe: shouldBe.join('\n') };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(AUDIT, audit().shouldBe);

// Writes the man pages of all commands to dist/man: part of the build.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDocumented, manPage, pageName } from '../../lib/cli/man-page.js';
import { umbrella } from '../commands/umbrella.js';

const folder = fileURLToPath(new URL('../../man/', import.meta.url));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const top = umbrella();
for (const command of [top, ...top.commands].filter((it) => isDocumented(it, top)))
  writeFileSync(`${folder}${pageName(command, top)}.1`, manPage(command, top));

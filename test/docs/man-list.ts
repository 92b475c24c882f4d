// The list of man pages in package.json, which npm installs: `npm run docs` writes it, and a test checks it.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, read } from './audit.js';

const pages = readdirSync(join(PROJECT, 'dist/man')).sort();
const manifest = JSON.parse(read('package.json'));
manifest.man = pages.map((page) => `dist/man/${page}`);
writeFileSync(join(PROJECT, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

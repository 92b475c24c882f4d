// What `npm pack` makes of this program, for the tests of what is installed.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DIST } from './bins.js';

export interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

export const project = join(DIST, '..');

export const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
export const locked = packagesIn('package-lock.json');
export const needed = [...locked].filter(([, { dev }]) => dev !== true);
/** The paths, relative to the project, of the packages that the program uses. Optional ones may be missing. */
export const used = needed.map(([path]) => path).filter((path) => existsSync(join(project, path)));

export function packagesIn(lockfile: string): Map<string, Locked> {
  const { packages } = JSON.parse(readFileSync(join(project, lockfile), 'utf8'));
  return new Map(Object.entries<Locked>(packages).filter(([path]) => path !== ''));
}

/**
 * Packs a copy of the project, since packing builds anew: here it only puts back what is built.
 * @param folder where the copy and the tarball are made
 * @returns the path of the tarball
 */
export function pack(folder: string): string {
  const copy = join(folder, 'project');
  const compiler = join(copy, 'node_modules/.bin/tsc');
  for (const path of [
    'package.json',
    'lib/aws/cli-model',
    'lib/cli/completion/scripts',
    'config.template',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'docs',
    ...used,
  ]) {
    cpSync(join(project, path), join(copy, path), { recursive: true });
  }
  // As it is where modern-syslog was compiled.
  mkdirSync(join(copy, 'node_modules/modern-syslog/build'), { recursive: true });
  writeFileSync(join(copy, 'node_modules/modern-syslog/build/core.node'), '');
  mkdirSync(dirname(compiler), { recursive: true });
  writeFileSync(compiler, '#!/bin/sh\nmkdir dist && cp -r "$BUILT/bin" "$BUILT/lib" dist\n');
  chmodSync(compiler, 0o755);
  const env = { ...process.env, BUILT: join(project, 'dist') };
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: copy, env });
  return join(folder, `${manifest.name}-${manifest.version}.tgz`);
}

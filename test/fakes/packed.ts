// The package that `npm pack` makes, for tests of what a user installs.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DIST } from './bins.js';

export interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

export const project = join(DIST, '..');

export const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
export const lockedPackages = packagesIn('package-lock.json');
export const neededPackages = [...lockedPackages].filter(([, { dev }]) => dev !== true);
/** The paths, relative to the project, of the installed packages that the program needs. Optional ones may be missing. */
export const installedPaths = neededPackages
  .map(([path]) => path)
  .filter((path) => existsSync(join(project, path)));

export function packagesIn(lockfile: string): Map<string, LockedPackage> {
  const { packages } = JSON.parse(readFileSync(join(project, lockfile), 'utf8'));
  return new Map(Object.entries<LockedPackage>(packages).filter(([path]) => path !== ''));
}

/**
 * Packs a copy of the project. Packing starts a build, so the copy has a compiler that copies the files of the last build.
 * @param folder for the copy and the tarball
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
    ...installedPaths,
  ]) {
    cpSync(join(project, path), join(copy, path), { recursive: true });
  }
  // A compiled modern-syslog has this file.
  mkdirSync(join(copy, 'node_modules/modern-syslog/build'), { recursive: true });
  writeFileSync(join(copy, 'node_modules/modern-syslog/build/core.node'), '');
  mkdirSync(dirname(compiler), { recursive: true });
  writeFileSync(compiler, '#!/bin/sh\nmkdir dist && cp -r "$BUILT/bin" "$BUILT/lib" dist\n');
  chmodSync(compiler, 0o755);
  const env = { ...process.env, BUILT: join(project, 'dist') };
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: copy, env });
  return join(folder, `${manifest.name}-${manifest.version}.tgz`);
}

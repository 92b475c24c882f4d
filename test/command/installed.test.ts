// `npm install -g` of the tarball installs the packages that the tests run with. npm resolves the version ranges of a
// tarball anew, even where it contains npm-shrinkwrap.json (npm 11 obeys that only for packages from a registry). So the
// tarball bundles the packages of package-lock.json, and the installation needs no registry.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import {
  installedPaths,
  lockedPackages,
  manifest,
  neededPackages,
  pack,
  packagesIn,
  project,
} from '../fakes/packed.js';

const folder = mkdtempSync(join(tmpdir(), 'installed-'));
after(() => rmSync(folder, { recursive: true }));

/** Installs the tarball offline, and without scripts, which would compile modern-syslog slowly. @returns npm's prefix */
function install(tarball: string): string {
  const prefix = join(folder, 'prefix');
  const alone = ['--offline', '--cache', join(folder, 'cache'), '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', ['install', '--global', '--prefix', prefix, ...alone, tarball], { cwd: folder });
  return prefix;
}

/** The bytes of all files below a folder, by path, without compiled ones. */
function filesIn(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => !/^build\//.test(name) && statSync(join(directory, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(directory, name), 'latin1')]));
}

/** The paths, relative to `folder`, of all packages below it, with scoped and nested ones. */
function packagesBelow(folder: string): string[] {
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
  const packages = names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((it) => `${name}/${it}`) : [name],
  );
  const paths = packages.map((name) => `node_modules/${name}`);
  return paths.flatMap((path) => [path, ...packagesBelow(join(folder, path)).map((it) => `${path}/${it}`)]);
}

test('the packages that the tests run with are those of package-lock.json, by their content', () => {
  const installed = packagesIn('node_modules/.package-lock.json');
  for (const [path, { version, integrity, resolved, optional }] of neededPackages) {
    assert.match(integrity ?? '', /^sha512-/, path);
    assert.equal(resolved, undefined, `${path} names a registry`);
    if (!installedPaths.includes(path)) assert.equal(optional, true, path);
    else
      assert.deepEqual([installed.get(path)?.version, installed.get(path)?.integrity], [version, integrity]);
  }
});

describe('the installation of the tarball without a registry', () => {
  const prefix = install(pack(folder));
  const installed = join(prefix, 'lib/node_modules', manifest.name);

  test('the installed packages are those that the tests run with, file by file, and no others', () => {
    assert.deepEqual(packagesBelow(installed).sort(), installedPaths.toSorted());
    for (const path of installedPaths) {
      const { version } = JSON.parse(readFileSync(join(installed, path, 'package.json'), 'utf8'));
      assert.equal(version, lockedPackages.get(path)?.version, path);
      const expected = filesIn(join(project, path));
      const actual = filesIn(join(installed, path));
      // npm does not install some Markdown files.
      for (const name of expected.keys()) if (!actual.has(name) && /\.md$/.test(name)) expected.delete(name);
      assert.deepEqual(actual, expected, path);
    }
  });

  test('the man pages are on the path of man, and the scripts for completion are installed', () => {
    const pages = readdirSync(join(prefix, 'share/man/man1')).sort();
    assert.deepEqual(pages, readdirSync(join(project, 'dist/man')).sort());
    for (const page of pages)
      assert.match(readFileSync(join(prefix, 'share/man/man1', page), 'utf8'), /^\.TH /);
    assert.equal(readdirSync(join(installed, 'lib/cli/completion/scripts')).length, 3);
  });

  test('nothing that is installed was compiled for one version of Node.js', () => {
    assert.ok(!existsSync(join(installed, 'node_modules/modern-syslog/build')));
  });

  for (const name of Object.keys(manifest.bin)) {
    test(`${name} starts where it is installed`, () => {
      const output = execFileSync(join(prefix, 'bin', name), ['--version'], { encoding: 'utf8' });
      assert.equal(output, `${manifest.version}\n`);
    });
  }
});

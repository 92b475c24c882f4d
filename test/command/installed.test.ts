// What `npm install -g` of the packed program installs is what the tests run with. npm resolves the ranges of a packed
// program anew, also where npm-shrinkwrap.json lies in it (npm 11 obeys that one only for packages from a registry): so
// the packages themselves are packed, those that package-lock.json names, and installing asks no registry.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { locked, manifest, needed, pack, packagesIn, project, used } from '../fakes/packed.js';

const folder = mkdtempSync(join(tmpdir(), 'installed-'));
after(() => rmSync(folder, { recursive: true }));

/** Installs it with nothing but the tarball. Scripts would compile modern-syslog, which takes long. */
function install(tarball: string): string {
  const prefix = join(folder, 'prefix');
  const alone = ['--offline', '--cache', join(folder, 'cache'), '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', ['install', '--global', '--prefix', prefix, ...alone, tarball], { cwd: folder });
  return prefix;
}

/** The bytes of each file below a folder, but for what was compiled there. */
function filesIn(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => !/^build\//.test(name) && statSync(join(directory, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(directory, name), 'latin1')]));
}

/** Relative to `folder`; those of a scope are in a folder of its own, and a package may have some of its own. */
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
  for (const [path, { version, integrity, resolved, optional }] of needed) {
    assert.match(integrity ?? '', /^sha512-/, path);
    assert.equal(resolved, undefined, `${path} names a registry`);
    if (!used.includes(path)) assert.equal(optional, true, path);
    else
      assert.deepEqual([installed.get(path)?.version, installed.get(path)?.integrity], [version, integrity]);
  }
});

describe('what is installed from the packed program, without a registry', () => {
  const prefix = install(pack(folder));
  const installed = join(prefix, 'lib/node_modules', manifest.name);

  test('the installed packages are those that the tests run with, file by file, and no others', () => {
    assert.deepEqual(packagesBelow(installed).sort(), used.toSorted());
    for (const path of used) {
      const { version } = JSON.parse(readFileSync(join(installed, path, 'package.json'), 'utf8'));
      assert.equal(version, locked.get(path)?.version, path);
      const expected = filesIn(join(project, path));
      const actual = filesIn(join(installed, path));
      // npm leaves some of the texts for readers out.
      for (const name of expected.keys()) if (!actual.has(name) && /\.md$/.test(name)) expected.delete(name);
      assert.deepEqual(actual, expected, path);
    }
  });

  test('the man pages lie where man looks for them, and the scripts for completion are there', () => {
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

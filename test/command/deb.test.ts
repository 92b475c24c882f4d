// The Debian package: its contents, and what its installation and removal leave behind.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { manifest, pack, project } from '../fakes/packed.js';
import { pathsBelow } from '../fakes/paths-below.js';

const folder = mkdtempSync(join(tmpdir(), 'deb-'));
after(() => rmSync(folder, { recursive: true }));

const tarball = pack(folder);
const [deb, again] = ['first', 'second'].map(build) as [string, string];

function build(name: string): string {
  const place = join(folder, name);
  mkdirSync(place);
  execFileSync(join(project, 'bin/packaging/build-deb'), [tarball], {
    cwd: place,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [file = ''] = readdirSync(place);
  return join(place, file);
}

function field(name: string): string {
  return execFileSync('dpkg-deb', ['--field', deb, name], { encoding: 'utf8' }).trim();
}

/** A system without installed packages. */
function emptySystem(): { readonly root: string; dpkg(...args: readonly string[]): void } {
  const root = mkdtempSync(join(folder, 'system-'));
  const admin = join(root, 'var/lib/dpkg');
  mkdirSync(join(admin, 'updates'), { recursive: true });
  mkdirSync(join(admin, 'info'));
  writeFileSync(join(admin, 'status'), '');
  const options = [`--root=${root}`, '--force-depends', '--force-not-root', '--log=/dev/null'];
  const dpkg = (...args: readonly string[]) =>
    void execFileSync('dpkg', [...options, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return { root, dpkg };
}

/** The paths below `root`, without dpkg's own files. */
function filesOf(root: string): string[] {
  return pathsBelow(root).filter((path) => !path.startsWith('var') && path !== 'etc');
}

test('the package names its dependencies and architecture', () => {
  assert.equal(field('Package'), manifest.name);
  assert.equal(field('Version'), `${manifest.version}-1`);
  assert.equal(field('Architecture'), 'all');
  assert.equal(field('Depends'), 'nodejs (>= 20.10), awscli');
});

test('two packages that are made of the same tarball are the same', () => {
  assert.ok(readFileSync(deb).equals(readFileSync(again)));
});

test('no file in it belongs to anybody but root, or can be written by others', () => {
  const list = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' });
  for (const line of list.trim().split('\n'))
    assert.match(line, /^(d|-)rw[x-]r-[x-]r-[x-] root\/root |^lrwxrwxrwx root\/root /);
});

test('the package installs all programs, man pages and completions, and leaves nothing when it is removed', {
  skip: process.getuid?.() !== 0 && 'only root gives owners',
}, async () => {
  const { root, dpkg } = emptySystem();
  const before = filesOf(root);
  dpkg('--install', deb);
  const bins = readdirSync(join(root, 'usr/bin')).sort();
  assert.deepEqual(bins, Object.keys(manifest.bin).sort());
  for (const name of bins) {
    const program = join(root, 'usr/bin', name);
    assert.match(readFileSync(program, 'utf8'), /^#!\/usr\/bin\/node\n/);
    const output = execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' });
    assert.equal(output, `${manifest.version}\n`);
    for (const file of [`bash-completion/completions/${name}`, `fish/vendor_completions.d/${name}.fish`])
      assert.match(readFileSync(join(root, 'usr/share', file), 'utf8'), /encrypted-s3 complete/);
  }
  assert.match(
    readFileSync(join(root, 'usr/share/zsh/vendor-completions/_encrypted-s3'), 'utf8'),
    /^#compdef /,
  );
  const pages = readdirSync(join(root, 'usr/share/man/man1')).sort();
  assert.deepEqual(
    pages,
    readdirSync(join(project, 'dist/man'))
      .sort()
      .map((page) => `${page}.gz`),
  );
  const units = join(root, 'usr/lib/systemd/system');
  assert.deepEqual(readdirSync(units).sort(), ['encrypted-s3-backup@.service', 'encrypted-s3-backup@.timer']);
  const service = readFileSync(join(units, 'encrypted-s3-backup@.service'), 'utf8');
  const [, command = ''] =
    /^ExecStart=\/usr\/bin\/(\S+) \/etc\/encrypted-s3-backup\/%i\.config$/m.exec(service) ?? [];
  assert.ok(bins.includes(command), service);
  const name = field('Package');
  for (const file of ['copyright', 'changelog.gz', 'README.md', 'docs/install.md', 'config.template'])
    assert.ok(filesOf(root).includes(`usr/share/doc/${name}/${file}`), file);
  const inDocs = readFileSync(join(root, 'usr/share/doc', name, 'config.template'), 'utf8');
  const { configText } = await import(join(root, 'usr/share', name, 'dist/lib/setup/config-text.js'));
  assert.equal(configText({}), inDocs, 'init finds the template');
  dpkg('--purge', name);
  assert.deepEqual(filesOf(root), before);
});

test("systemd finds nothing wrong with the package's units", () => {
  const place = mkdtempSync(join(folder, 'units-'));
  const units = ['service', 'timer'].map((suffix) => {
    const unit = join(place, `encrypted-s3-backup@home.${suffix}`);
    copyFileSync(join(project, `bin/packaging/systemd/encrypted-s3-backup@.${suffix}`), unit);
    return unit;
  });
  const complaints = () =>
    spawnSync('systemd-analyze', ['verify', '--man=false', ...units], { encoding: 'utf8' })
      .stderr.split('\n')
      // The program is not installed on this machine.
      .filter((line) => line.includes('encrypted-s3-backup@') && !line.includes('is not executable'));
  assert.deepEqual(complaints(), []);
  const [service = ''] = units;
  writeFileSync(service, readFileSync(service, 'utf8').replace('Nice=10', 'Nice=much'));
  assert.match(complaints().join(), /much/, 'a slip is found');
});

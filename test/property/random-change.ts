// Random changes to a directory between two backups.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { swapNames } from '../fakes/swap-names.js';
import type { Random } from './random.js';

/** Some sort differently as names than as keys, and some need encoding. */
const NAMES = [
  'a',
  'a-b',
  'a.b',
  'a b',
  'b',
  'c%20',
  '+',
  '#',
  '-d',
  'ü',
  '😀',
  'ﬀ',
  "it's",
  'new\nline',
  'A',
  '[x]',
  '*',
];

/**
 * Makes a few random changes below `root`, which is an absolute path.
 * @param afterEach called after each change
 */
export function changeRandomly(root: string, random: Random, afterEach: () => void = () => undefined): void {
  for (let left = 1 + random.below(6); left > 0; left -= 1) {
    changeOnce(root, random);
    afterEach();
  }
}

function changeOnce(root: string, random: Random): void {
  const all = pathsIn(root);
  const files = all.filter((path) => lstatSync(path).isFile());
  if (files.length < 3 || random.chance(0.3)) {
    create(root, all, random);
    return;
  }
  const path = random.pick(files);
  const folders = all.filter((it) => lstatSync(it).isDirectory());
  const changes: readonly (() => void)[] = [
    () => writeFileSync(path, content(random)),
    () => replaceBySameSize(path),
    () => rmSync(path),
    () => rename(path, join(dirname(path), random.pick(NAMES))),
    () => rename(random.pick(all), join(random.pick([root, ...folders]), random.pick(NAMES))),
    () => renameSync(path, random.pick(files)),
    () => swapNames(path, random.pick(files)),
    () => moveContent(path, random.pick(files)),
    () => link(path, join(dirname(path), random.pick(NAMES))),
    () => chmodSync(path, 0o640),
    () => chmodSync(path, 0),
    () => folders.length > 0 && chmodSync(random.pick(folders), 0),
    () => folders.length > 0 && rmSync(random.pick(folders), { recursive: true }),
    () => lutimesSync(path, 10 ** 9, random.pick([10 ** 9, Date.now() / 1000 + 10 ** 6])),
    () => replaceBy(path, () => mkdirSync(path)),
    () => replaceBy(path, () => execFileSync('mkfifo', ['--', path])),
    () => replaceBy(path, () => symlinkSync(random.pick(['/nowhere', '.', '..', random.pick(NAMES)]), path)),
    () => folders.length > 0 && replaceByFile(random.pick(folders), random),
  ];
  random.pick(changes)();
}

function create(root: string, all: readonly string[], random: Random): void {
  const folders = [root, ...all.filter((path) => lstatSync(path).isDirectory())];
  const path = join(random.pick(folders), random.pick(NAMES));
  if (existsOrDangles(path)) return;
  if (random.chance(0.3)) mkdirSync(path);
  else writeFileSync(path, content(random));
}

/** Replaces a file by another one of the same size and with an older mtime. */
function replaceBySameSize(path: string): void {
  const aside = `${path}.aside`;
  writeFileSync(aside, readFileSync(path, 'latin1').replaceAll(/./gs, 'r'));
  lutimesSync(aside, 10 ** 9, 10 ** 9);
  renameSync(aside, path);
}

function rename(from: string, to: string): void {
  if (!existsOrDangles(to) && !to.startsWith(`${from}/`)) renameSync(from, to);
}

/** A copy overwrites another file, which keeps its inode, and the original is removed. */
function moveContent(from: string, to: string): void {
  if (from === to) return;
  writeFileSync(to, readFileSync(from));
  rmSync(from);
}

/** The file gets a second name. */
function link(from: string, to: string): void {
  if (!existsOrDangles(to)) linkSync(from, to);
}

function replaceBy(path: string, make: () => void): void {
  rmSync(path, { recursive: true });
  make();
}

function replaceByFile(folder: string, random: Random): void {
  replaceBy(folder, () => writeFileSync(folder, content(random)));
}

function content(random: Random): string {
  return random.chance(0.15) ? '' : `${random.below(10 ** 6)} `.repeat(1 + random.below(9));
}

function existsOrDangles(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** All paths below `root`; links are not followed. */
function pathsIn(root: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    found.push(path);
    if (entry.isDirectory()) found.push(...pathsIn(path));
  }
  return found.sort();
}

/** Makes every unreadable file and folder readable. */
export function makeReadable(root: string): void {
  for (const { name } of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, name);
    const stats = lstatSync(path);
    if (!stats.isSymbolicLink() && (stats.mode & 0o500) !== 0o500) chmodSync(path, 0o755);
    if (stats.isDirectory()) makeReadable(path);
  }
}

// Reads the ACLs of files and folders with getfacl(1), many at a time, since Node can't read them.
import { findProgram } from '../../cli/find-program.js';
import { startProgram } from '../../cli/start-program.js';
import { type Acl, UNKNOWN_ACL } from '../acl.js';
import { type Bytes, textOf } from '../bytes.js';
import type { Batches } from '../streams/batches.js';

/** The most files that one call reads, and the most items that wait for it. */
const MOST_KEYS = 4096;
const MOST_ITEMS = 4 * MOST_KEYS;

const GETFACL = ['getfacl', '--numeric', '--absolute-names', '--skip-base', '--no-effective'];
const VANISHED = /: No such file or directory$/;
/** The exit code of xargs(1) if getfacl failed for a file. Other codes mean that getfacl did not run to its end. */
const SOME_FAILED = 123;

interface AclOptions {
  /** The folder that the keys are relative to; it may be the path of an open descriptor. */
  readonly root: Bytes;
  /** True if the keys may be those of links, or lead through them. */
  readonly followSymlinks: boolean;
}

/** True if the programs that this needs are on PATH. */
export function canReadAcls(path = process.env['PATH']): boolean {
  return ['getfacl', 'xargs'].every((program) => findProgram(program, path) !== undefined);
}

/**
 * The ACLs of those files and folders that have one beyond their mode. `UNKNOWN_ACL` if getfacl fails, unless because
 * they have vanished.
 * @param keys of files and folders; of links only if these are followed
 */
export async function readAcls(
  { root, followSymlinks }: AclOptions,
  keys: readonly Bytes[],
): Promise<Map<Bytes, Acl>> {
  if (keys.length === 0) return new Map();
  const links = followSymlinks ? [] : ['--physical'];
  const input = keys.map((key) => `./${key}\0`).join('');
  const { code, stdout, stderr } = await runGetfacl(textOf(root), links, input);
  const acls = new Map(aclsIn(stdout));
  const complaints = stderr.split('\n').filter((line) => line !== '' && !VANISHED.test(line));
  if (code === 0 || (code === SOME_FAILED && complaints.length === 0)) return acls;
  return new Map(keys.map((key) => [key, acls.get(key) ?? UNKNOWN_ACL]));
}

/**
 * Adds to each item of a stream its ACL, and keeps the order. At most `MOST_ITEMS` wait.
 * @param keyToRead the key whose ACL is read; `undefined` for an item without one
 */
export async function* withAcls<T>(
  options: AclOptions,
  batches: Batches<T>,
  keyToRead: (item: T) => Bytes | undefined,
): Batches<readonly [T, Acl | undefined]> {
  let waiting: { readonly item: T; readonly key: Bytes | undefined }[] = [];
  let keys: Bytes[] = [];
  for await (const batch of batches) {
    for (const item of batch) {
      const key = keyToRead(item);
      waiting.push({ item, key });
      if (key !== undefined) keys.push(key);
      if (keys.length >= MOST_KEYS) yield await next();
    }
    if (keys.length === 0 || waiting.length >= MOST_ITEMS) yield await next();
  }
  yield await next();

  async function next(): Promise<(readonly [T, Acl | undefined])[]> {
    const items = waiting;
    const acls = await readAcls(options, keys);
    [waiting, keys] = [[], []];
    return items.map(({ item, key }) => [item, key === undefined ? undefined : acls.get(key)] as const);
  }
}

/**
 * Runs getfacl through xargs(1), which takes names of any bytes.
 * @param input names, each ended by a NUL
 * @returns `code` is `undefined` if it could not be started
 */
function runGetfacl(
  folder: string,
  options: readonly string[],
  input: string,
): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = startProgram('xargs', ['-0', '-r', ...GETFACL, ...options, '--'], {
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('latin1').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('latin1').on('data', (chunk) => (stderr += chunk));
    child.stdin.on('error', () => undefined); // The exit code tells why.
    child.on('error', () => resolve({ code: undefined, stdout: '', stderr: '' }));
    child.on('close', (code) => resolve({ code: code ?? undefined, stdout, stderr }));
    child.stdin.end(input, 'latin1');
  });
}

/** Parses a paragraph for each file: comments, the first one with its name, then a line for each entry of the ACL. */
function* aclsIn(stdout: string): Generator<[Bytes, Acl]> {
  for (const paragraph of stdout.split('\n\n')) {
    const lines = paragraph.split('\n').filter((line) => line !== '');
    const name = /^# file: \.\/(.+)$/.exec(lines[0] ?? '')?.[1];
    const entries = lines.filter((line) => !line.startsWith('#'));
    if (name !== undefined) yield [unescaped(name), entries.join(',')];
  }
}

/** getfacl writes control characters and backslashes in octal; newer versions double a backslash instead. */
function unescaped(name: string): Bytes {
  return name.replaceAll(/\\(?:([0-7]{3})|\\)/g, (_, octal?: string) =>
    octal === undefined ? '\\' : String.fromCharCode(Number.parseInt(octal, 8)),
  ) as Bytes;
}

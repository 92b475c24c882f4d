// The ACLs of files and folders, which Node can't read: asked of getfacl(1), many files a call.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withoutKey } from '../../secrets/environment.js';
import { type Acl, UNKNOWN_ACL } from '../acl.js';
import { type Bytes, textOf } from '../bytes.js';
import type { Batches } from '../streams/batches.js';

/** How many files are asked about at a time, at most; and how many items are held back for them. */
const ASKED = 4096;
const HELD = 4 * ASKED;

const GETFACL = ['getfacl', '--numeric', '--absolute-names', '--skip-base', '--no-effective'];
const VANISHED = /: No such file or directory$/;
/** The exit code of xargs(1) where getfacl failed over a file. Others say that getfacl did not run, or not to its end. */
const SOME_FAILED = 123;

export interface AclOptions {
  /** The folder that the keys are relative to; it may be the path of a descriptor of ours. */
  readonly root: Bytes;
  /** Whether the keys lead through links, or to them. */
  readonly followSymlinks: boolean;
}

/** Whether what reads ACLs is on this machine: without it, nothing can be known of them. */
export function canReadAcls(path = process.env['PATH'] ?? ''): boolean {
  const folders = path.split(delimiter);
  return ['getfacl', 'xargs'].every((program) => folders.some((folder) => isProgram(join(folder, program))));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The ACLs of those of the files and folders that have one beyond their mode. What has vanished has none; of what can't
 * be asked about for another reason, it is `UNKNOWN_ACL`.
 * @param keys of files and folders, no links unless they are followed
 */
export async function readAcls(
  { root, followSymlinks }: AclOptions,
  keys: readonly Bytes[],
): Promise<Map<Bytes, Acl>> {
  const acls = new Map<Bytes, Acl>();
  if (keys.length === 0) return acls;
  const links = followSymlinks ? [] : ['--physical'];
  const input = keys.map((key) => `./${key}\0`).join('');
  const { code, stdout, stderr } = await ask(textOf(root), [...GETFACL, ...links, '--'], input);
  for (const [key, acl] of aclsIn(stdout)) acls.set(key, acl);
  const complaints = stderr.split('\n').filter((line) => line !== '' && !VANISHED.test(line));
  if (code === 0 || (code === SOME_FAILED && complaints.length === 0)) return acls;
  return new Map(keys.map((key) => [key, acls.get(key) ?? UNKNOWN_ACL]));
}

/**
 * Gives each item of a stream its ACL, in the same order, and holds back no more than some thousand.
 * @param keyToAsk the key to ask about; `undefined`: nothing has to be asked about this item
 */
export async function* withAcls<T>(
  options: AclOptions,
  batches: Batches<T>,
  keyToAsk: (item: T) => Bytes | undefined,
): Batches<readonly [T, Acl | undefined]> {
  let held: { readonly item: T; readonly key: Bytes | undefined }[] = [];
  let keys: Bytes[] = [];
  for await (const batch of batches) {
    for (const item of batch) {
      const key = keyToAsk(item);
      held.push({ item, key });
      if (key !== undefined) keys.push(key);
      if (keys.length >= ASKED) yield await answered();
    }
    if (keys.length === 0 || held.length >= HELD) yield await answered();
  }
  yield await answered();

  async function answered(): Promise<(readonly [T, Acl | undefined])[]> {
    const [items, asked] = [held, keys];
    held = [];
    keys = [];
    const acls = await readAcls(options, asked);
    return items.map(({ item, key }) => [item, key === undefined ? undefined : acls.get(key)] as const);
  }
}

/** Through xargs(1), to which a name may be any bytes. `code` is `undefined` if it could not be started. */
function ask(
  folder: string,
  command: readonly string[],
  input: string,
): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn('xargs', ['-0', '-r', ...command], {
      cwd: folder,
      env: { ...withoutKey(), LC_ALL: 'C' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('latin1').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('latin1').on('data', (chunk) => (stderr += chunk));
    child.stdin.on('error', () => undefined); // Its exit code tells.
    child.on('error', () => resolve({ code: undefined, stdout: '', stderr: '' }));
    child.on('close', (code) => resolve({ code: code ?? undefined, stdout, stderr }));
    child.stdin.end(input, 'latin1');
  });
}

/** A paragraph a file: comments, the first of which has its name, and a line an entry. */
function* aclsIn(stdout: string): Generator<[Bytes, Acl]> {
  for (const paragraph of stdout.split('\n\n')) {
    const lines = paragraph.split('\n').filter((line) => line !== '');
    const name = /^# file: \.\/(.+)$/.exec(lines[0] ?? '')?.[1];
    const entries = lines.filter((line) => !line.startsWith('#'));
    if (name !== undefined) yield [unescaped(name), entries.join(',')];
  }
}

/** getfacl writes what would break a line, and the backslash, in octal; newer ones write the latter twice. */
function unescaped(name: string): Bytes {
  return name.replaceAll(/\\(?:([0-7]{3})|\\)/g, (_, octal?: string) =>
    octal === undefined ? '\\' : String.fromCharCode(Number.parseInt(octal, 8)),
  ) as Bytes;
}

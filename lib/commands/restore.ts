// Restores files, folders or a whole backup. Plans everything before it writes anything.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { listFew } from '../aws/bucket.js';
import type { Remote } from '../aws/remote.js';
import { BackupError, shellQuote } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { withPrivateFolder } from '../cli/tmpdir.js';
import { timeOrNow } from '../cli/units/times.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';
import { entriesOf } from '../history/select-entries.js';
import { inspectDestination } from '../restore/destination/open-destination.js';
import { STANDARD_OUTPUT } from '../restore/fetch/one-file.js';
import type { FileInBackup } from '../restore/plan/file-in-backup.js';
import { type FoundTree, fetchTreeAt } from '../restore/plan/find-tree.js';
import { type RestorePart, restoreParts } from '../restore/restore-parts.js';
import type { RestoreScope } from '../restore/scope.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { DamagedTreeError } from '../tree/tree-file.js';
import { chooseBackup } from './choose-backup.js';
import { openConfig } from './connection.js';
import { downloadDir, type FolderRequest } from './download-dir.js';
import { planFile } from './restore-file.js';
import { planFolder } from './restore-folder.js';

/** `words` are [PATH…] DESTINATION, or with `usesEscrow` PROFILE REGION URL DESTINATION. */
type RestoreRequest = Omit<FolderRequest, 'fills'>;

/** @returns the exit code: done, or done with files missing */
export async function restore(request: RestoreRequest, context: CommandContext): Promise<number> {
  if (request.usesEscrow) {
    const words = await chooseBackup(request.words, context);
    return downloadDir({ ...request, fills: true, words, configFile: undefined }, context);
  }
  const { config, remote } = await openConfig(request.configFile, context);
  const destination = request.words.at(-1) ?? '';
  const paths = outermost(request.words.slice(0, -1).map((it) => pathInLocalDir(it, config.localDir)));
  if (destination === STANDARD_OUTPUT && paths.length !== 1) {
    throw new BackupError('Only one file can be restored to standard output.', { hint: 'Name one PATH.' });
  }
  return withPrivateFolder(async (tempFolder) => {
    const parts = await planParts(request, { remote, paths, destination, tempFolder }, context);
    return restoreParts(parts, request, new Prompt(stderr, context.interruption));
  });
}

/** The paths that are not inside another one; '' is the whole LOCAL_DIR. */
function outermost(all: readonly string[]): string[] {
  const paths = [...new Set(all)];
  const isInAnother = (path: string) =>
    path !== '' && paths.some((it) => it === '' || path.startsWith(`${it}/`));
  return paths.filter((path) => !isInAnother(path));
}

interface Place {
  readonly remote: Remote;
  /** Relative to LOCAL_DIR; none for the whole backup. */
  readonly paths: readonly string[];
  readonly destination: string;
  readonly tempFolder: string;
}

async function planParts(
  request: RestoreRequest,
  { remote, paths, destination, tempFolder }: Place,
  context: CommandContext,
): Promise<RestorePart[]> {
  const options = { ...request, fills: true };
  const scope = { ...remote, backupPrefix: remote.prefix, time: timeOrNow(request.at) };
  if (paths.every((path) => path === '')) {
    const place = inspectDestination(destination, options);
    const found = mayBePath(request) ? await fetchTreeAt(scope, tempFolder) : undefined;
    if (found !== undefined) await assertNotPath(destination, found);
    return [await planFolder(scope, place, options, tempFolder, context, found)];
  }
  const found = await fetchTreeAt(scope, tempFolder);
  const parts: RestorePart[] = [];
  for (const [index, path] of paths.entries()) {
    // Each of several paths is restored below its own path, so that none replaces another.
    const target = paths.length === 1 ? destination : join(destination, path);
    const file = await findFile(scope, path, found);
    if (file !== undefined) {
      parts.push(planFile(file, target, request, context));
      continue;
    }
    if (destination === STANDARD_OUTPUT) {
      throw new BackupError(
        `"${path}" is not a file of the backup: a folder can't be restored to standard output.`,
        { hint: 'encrypted-s3 find --all looks for a part of a name in all runs.' },
      );
    }
    const ownTempFolder = join(tempFolder, `${index}`);
    mkdirSync(ownTempFolder);
    const folder = { ...scope, prefix: `${scope.prefix}${path}/` };
    const folderPath = inspectDestination(target, options);
    parts.push(await planFolder(folder, folderPath, options, ownTempFolder, context, inFolder(found, path)));
  }
  return parts;
}

/** Whether the user may mean what is to be restored by the only word, and have left out the destination. */
function mayBePath({ words: [word = '', ...others] }: RestoreRequest): boolean {
  return others.length === 0 && !/^(\/|\.{1,2}(\/|$))/.test(word) && !existsSync(word);
}

/** @throws {BackupError} if the destination is also the path of a file or folder of the backup */
async function assertNotPath(destination: string, { tree }: FoundTree): Promise<void> {
  const path = destination.replace(/\/+$/, '');
  const { file, folder } = await entriesAtPath(path, tree);
  if (file === undefined && folder === undefined) return;
  throw new BackupError(
    `"${path}" is in the backup: restore it, or everything into a new folder of this name?`,
    {
      hint: `Run encrypted-s3 restore ${shellQuote(path)} DESTINATION, or encrypted-s3 restore ${shellQuote(`./${path}`)}`,
    },
  );
}

function inFolder({ tree, backupsBelow }: FoundTree, path: string): FoundTree {
  const folder = tree && (`${tree.folder}${bytesOf(path)}/` as Bytes);
  return { tree: tree && folder && { ...tree, folder }, backupsBelow };
}

function linkError(path: string, { target }: Entry): BackupError {
  return new BackupError(`"${path}" is a link to "${target === undefined ? '' : textOf(target)}".`, {
    hint: `Restore its target, or the link with its folder: encrypted-s3 restore --include ${shellQuote(path)} DESTINATION`,
  });
}

/** Nothing without a tree, or if it is damaged. */
async function entriesAtPath(path: string, tree: FoundTree['tree']): ReturnType<typeof entriesOf> {
  try {
    return tree === undefined ? {} : await entriesOf(tree.file, `${tree.folder}${bytesOf(path)}` as Bytes);
  } catch (error) {
    if (error instanceof DamagedTreeError) return {};
    throw error;
  }
}

/** @returns `undefined` if it is not a file @throws {BackupError} for a link */
async function findFile(
  scope: RestoreScope,
  path: string,
  { tree }: FoundTree,
): Promise<FileInBackup | undefined> {
  const { aws, prefix, time } = scope;
  const place = { remote: scope, path, time, hasTree: tree !== undefined };
  const { file, folder } = await entriesAtPath(path, tree);
  // A folder may have taken the place of a file that was gone.
  if (file?.type === 'file' && !(file.isKept && folder !== undefined))
    return { ...place, entry: file, changed: BigInt(file.inode.mtime) };
  if (file?.type === 'link' && folder === undefined) throw linkError(path, file);
  if (file !== undefined || folder !== undefined) return undefined;
  // A backup of the original scripts has no tree, and the files of a run that did not end are in none.
  const listed = await listFew(aws, prefix + path, 1);
  const object = listed === 'no bucket' ? undefined : listed.find((it) => it.Key === prefix + path);
  if (object === undefined) return undefined;
  if (tree !== undefined)
    scope.log.warn(
      `"${path}" is not in the tree of a run that ended: its mode, times and owner are unknown.`,
    );
  // The time of an earlier version is not known: any file on disk may be newer.
  const stored = time === undefined ? Date.parse(object.LastModified ?? '') : 0;
  return { ...place, entry: undefined, changed: BigInt(stored || 0) * 1_000_000n };
}

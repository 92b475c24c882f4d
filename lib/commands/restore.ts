// The one verb for bringing back files, folders or all of a backup: planned as a whole before anything is written.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { listFew } from '../aws/bucket.js';
import { BackupError, shellQuote } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { parseTime } from '../cli/units/times.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';
import { entriesOf } from '../history/list-folder-at.js';
import { type FoundTree, fetchTreeAt } from '../restore/plan/find-tree.js';
import { type RestorePart, restoreParts } from '../restore/preview.js';
import { withPrivateFolder } from '../restore/tmpdir.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { DamagedTreeError } from '../tree/tree-file.js';
import { chooseBackup } from './choose-backup.js';
import { downloadDir, planFolder } from './download-dir.js';
import { type OpenConfig, openConfig } from './open-config.js';
import type { FolderRequest } from './open-restore.js';
import { type FileRequest, planFile } from './restore-file.js';

/** `words` are [PATH…] DESTINATION, or with `usesEscrow` PROFILE REGION URL DESTINATION. */
export type RestoreRequest = Omit<FolderRequest, 'config' | 'fills'> & {
  readonly config: string | undefined;
};

/** @returns the exit code: done, or done with something missing */
export async function restore(request: RestoreRequest, context: CommandContext): Promise<number> {
  if (request.usesEscrow) {
    const words = await chooseBackup(request.words, context);
    return downloadDir({ ...request, fills: true, words, config: undefined }, context);
  }
  const opened = await openConfig(request.config, context);
  const destination = request.words.at(-1) ?? '';
  const paths = pathsIn(request.words.slice(0, -1), opened);
  if (destination === '-' && paths.length !== 1) {
    throw new BackupError('Only one file can be restored to standard output.', { hint: 'Name one PATH.' });
  }
  return withPrivateFolder(async (notes) => {
    const parts = await planParts(request, { paths, destination, notes }, opened, context);
    return restoreParts(parts, request, new Prompt(stderr, context.interruption));
  });
}

/** Relative to LOCAL_DIR, '' for all of it; without those that are in another one of them. */
function pathsIn(words: readonly string[], { config }: OpenConfig): string[] {
  const paths = new Set(words.map((it) => pathInLocalDir(it, config.localDir)));
  const isInAnother = (path: string) =>
    path !== '' && [...paths].some((it) => it === '' || path.startsWith(`${it}/`));
  return [...paths].filter((path) => !isInAnother(path));
}

async function planParts(
  request: RestoreRequest,
  {
    paths,
    destination,
    notes,
  }: { readonly paths: readonly string[]; readonly destination: string; readonly notes: string },
  opened: OpenConfig,
  context: CommandContext,
): Promise<RestorePart[]> {
  const { config } = opened;
  const folderRequest = { ...request, fills: true, config };
  if (paths.every((path) => path === '')) {
    return [await planFolder({ ...folderRequest, words: [destination] }, notes, context)];
  }
  const time = request.at === undefined ? undefined : parseTime(request.at, new Date());
  const found = await fetchTreeAt({ ...opened.remote, backupPrefix: config.prefix, time }, notes);
  const parts: RestorePart[] = [];
  for (const [index, path] of paths.entries()) {
    // Several come back each under its own path, so that none takes the place of another.
    const target = paths.length === 1 ? destination : join(destination, path);
    const file = await findFile(opened, path, found, time);
    if (file !== undefined) {
      const { aws } = opened.remote;
      parts.push(planFile({ ...request, ...file, config, aws, path, destination: target }, context));
      continue;
    }
    if (destination === '-') {
      throw new BackupError(
        `"${path}" is not a file of the backup: a folder can't be restored to standard output.`,
      );
    }
    const folderNotes = join(notes, `${index}`);
    mkdirSync(folderNotes);
    const words = [path, target];
    parts.push(await planFolder({ ...folderRequest, words }, folderNotes, context, inFolder(found, path)));
  }
  return parts;
}

function inFolder({ tree, backupsBelow }: FoundTree, path: string): FoundTree {
  const folder = tree && (`${tree.folder}${bytesOf(path)}/` as Bytes);
  return { tree: tree && folder && { ...tree, folder }, backupsBelow };
}

function linkError(path: string, { target }: Entry): BackupError {
  return new BackupError(`"${path}" is a link to "${target === undefined ? '' : textOf(target)}".`, {
    hint: `Restore what it leads to, or the link with its folder: encrypted-s3 restore --include ${shellQuote(path)} DESTINATION`,
  });
}

/** @returns `undefined` if it is no file @throws {BackupError} for a link */
async function findFile(
  { config, remote }: OpenConfig,
  path: string,
  { tree }: FoundTree,
  time: number | undefined,
): Promise<Pick<FileRequest, 'entry' | 'changed'> | undefined> {
  try {
    if (tree !== undefined) {
      const { file, folder } = await entriesOf(tree.file, `${tree.folder}${bytesOf(path)}` as Bytes);
      // The place of a file that was gone may be a folder's now.
      if (file?.type === 'file' && !(file.isKept && folder !== undefined))
        return { entry: file, changed: BigInt(file.inode.mtime) };
      if (file?.type === 'link' && folder === undefined) throw linkError(path, file);
      if (file !== undefined || folder !== undefined) return undefined;
    }
  } catch (error) {
    if (!(error instanceof DamagedTreeError)) throw error;
  }
  // A backup of the original scripts has no tree, and none has yet what a run has stored that did not end.
  const key = config.prefix + path;
  const listed = await listFew(remote.aws, key, 1);
  const object = listed === 'no bucket' ? undefined : listed.find((it) => it.Key === key);
  if (object === undefined) return undefined;
  if (tree !== undefined)
    remote.log.warn(`No run that has ended tells of "${path}": its mode, times and owner are unknown.`);
  // An earlier version was stored before: any file on disk may be newer.
  const stored = time === undefined ? Date.parse(object.LastModified ?? '') : 0;
  return { entry: undefined, changed: BigInt(stored || 0) * 1_000_000n };
}

// The one verb for bringing back a file, a folder or all of a backup. Folders are download-dir's work, files are
// download-file's; a file gets its metadata, too.
import { join } from 'node:path';
import { stderr, stdout } from 'node:process';
import { findObject } from '../aws/bucket.js';
import { BackupError } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { parseTime } from '../cli/units/times.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';
import { entryAt } from '../history/list-folder-at.js';
import { withHistory } from '../history/open-history.js';
import { NoStoredTreeError, treeAt } from '../history/stored-runs.js';
import { findTargetFile } from '../restore/destination/single-file.js';
import { makeSparse } from '../restore/fetch/sparse-file.js';
import { restoreMetadata } from '../restore/metadata/metadata.js';
import { assertMayReplaceFile, planFile } from '../restore/preview.js';
import { bytesOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { chooseBackup } from './choose-backup.js';
import { downloadDir } from './download-dir.js';
import { downloadFile } from './download-file.js';
import { type OpenConfig, openConfig } from './open-config.js';
import type { RestoreRequest as DirRequest } from './open-restore.js';

/** `words` are [PATH…] DESTINATION, or with `usesEscrow` PROFILE REGION URL DESTINATION. */
export type RestoreRequest = Omit<DirRequest, 'config' | 'fills'> & { readonly config: string | undefined };

/** @returns the exit code: done, or done with something missing */
export async function restore(request: RestoreRequest, context: CommandContext): Promise<number> {
  if (request.usesEscrow) {
    const words = await chooseBackup(request.words, context);
    return downloadDir({ ...request, fills: true, words, config: undefined }, context);
  }
  const opened = await openConfig(request.config, context);
  const destination = request.words.at(-1) ?? '';
  const paths = request.words.slice(0, -1).map((it) => pathInLocalDir(it, opened.config.localDir));
  if (paths.length < 2) return restorePath(request, opened, paths[0] ?? '', destination, context);
  if (destination === '-') {
    throw new BackupError('Only one file can be restored to standard output.', { hint: 'Name one PATH.' });
  }
  // Each under its own path, so that none takes the place of another.
  let code: number = exitCode.done;
  for (const path of paths)
    code = Math.max(code, await restorePath(request, opened, path, join(destination, path), context));
  return code;
}

async function restorePath(
  request: RestoreRequest,
  opened: OpenConfig,
  path: string,
  destination: string,
  context: CommandContext,
): Promise<number> {
  const { config } = opened;
  const found = path === '' ? undefined : await findFile(opened, path, request.at);
  if (found === undefined) {
    if (destination === '-') {
      throw new BackupError(
        `"${path}" is not a file of the backup: a folder can't be restored to standard output.`,
      );
    }
    const words = path === '' ? [destination] : [path, destination];
    return downloadDir({ ...request, fills: true, words, config }, context);
  }
  const { profile, region, bucket, prefix } = config;
  const { at, trustsDestination, keeps = 'none', overwrites } = request;
  const { entry } = found;
  if (destination !== '-') {
    const target = findTargetFile(destination, path, trustsDestination);
    const preview = { target, mtime: entry && Number(entry.inode.mtime) / 1e6, keeps, overwrites };
    const action = planFile(preview);
    if (request.isDry === true) stdout.write(`(dryrun) ${action}: ${printable(target)}\n`);
    if (request.isDry === true || action === 'keep') return exitCode.done;
    const prompt = new Prompt(stderr, context.interruption);
    if (action === 'replace') await assertMayReplaceFile(preview, prompt);
  }
  return downloadFile(
    {
      profile,
      region,
      url: `s3://${bucket}/${prefix}${path}`,
      destination,
      config,
      versionId: undefined,
      at,
      trustsDestination,
      ...(entry && {
        onDownloaded: async (file: string) => {
          if (entry.inode.allocated !== undefined) await makeSparse(file);
          restoreMetadata(file, entry, request, context.log);
        },
      }),
    },
    context,
  );
}

/** @returns the file's entry in the tree of that time, if there is a tree; `undefined` if it is no file */
async function findFile(
  { config, remote }: OpenConfig,
  path: string,
  at: string | undefined,
): Promise<{ readonly entry: Entry | undefined } | undefined> {
  const time = at === undefined ? undefined : parseTime(at, new Date());
  try {
    return await withHistory(remote, config, async ({ runs, files }) => {
      const entry = await entryAt(await files.tree(treeAt(runs, time)), bytesOf(path));
      return entry?.type === 'file' ? { entry } : undefined;
    });
  } catch (error) {
    // A backup of the original scripts has no tree.
    if (!(error instanceof NoStoredTreeError)) throw error;
    const isFile = (await findObject(remote.aws, config.prefix + path)) === 'found';
    return isFile ? { entry: undefined } : undefined;
  }
}

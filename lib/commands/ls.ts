// Lists a folder of the backup, now or at a point in time.
import { listFew } from '../aws/bucket.js';
import type { Remote } from '../aws/remote.js';
import { BackupError, shellQuote } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import { answerText } from '../cli/output/answer.js';
import type { Column } from '../cli/output/table.js';
import { timeOrNow } from '../cli/units/times.js';
import { pathInLocalDir } from '../config/path-in-local-dir.js';
import { entryMembers, KEPT, MODIFIED, modeText, PATH, SIZE } from '../history/history-text.js';
import { entriesAt } from '../history/select-entries.js';
import { treeAt } from '../history/stored-runs.js';
import { type Bytes, bytesOf, textOf } from '../tree/bytes.js';
import type { Entry } from '../tree/entry.js';
import { askHistory, type HistoryRequest, sayUnfinished } from './ask-history.js';

/** So many folders that are gone are named. */
const MAX_NAMED = 10;

interface LsRequest extends HistoryRequest {
  /** Relative to LOCAL_DIR, or absolute; '' for the whole backup. */
  readonly path: string;
  readonly at: string | undefined;
  readonly isRecursive: boolean;
  readonly isLong: boolean;
}

/** @throws {BackupError} if the backup has nothing of that path */
export function ls(request: LsRequest, context: CommandContext): Promise<number> {
  const time = timeOrNow(request.at);
  const columns = request.isLong ? LONG : [PATH, KEPT];
  return askHistory(request, context, async function* (question) {
    const { runs, files, config, remote, style } = question;
    const path = pathInLocalDir(request.path, config.localDir);
    const gone = new Set<Bytes>();
    const tree = await files.tree(treeAt(runs, time));
    const entries = entriesAt(tree, bytesOf(path), request.isRecursive, gone);
    // People need no header for bare names.
    const hasHeader = request.isLong ? style.hasHeader : request.hasHeader;
    const format = { what: 'ls', columns, members: entryMembers };
    const count = yield* answerText(entries, format, { ...style, hasHeader });
    if (count + gone.size === 0 && path !== '') {
      const isStored = time === undefined && (await isInBucket(remote, path));
      throw isStored ? inNoTree(request.path) : notThere(request.path, request.at);
    }
    if (style.isForPeople) sayGone([...gone], context);
    if (time === undefined) sayUnfinished(question, context);
  });
}

const LONG: readonly Column<Entry>[] = [
  { name: 'MODE', cell: modeText },
  {
    name: 'OWNER',
    cell: ({ inode, user, group }) => `${user ?? inode.uid}:${group ?? inode.gid}`,
  },
  SIZE,
  MODIFIED,
  {
    name: 'PATH',
    cell: ({ key, target }) => textOf(key) + (target === undefined ? '' : ` -> ${textOf(target)}`),
  },
  KEPT,
];

function sayGone(folders: readonly Bytes[], { log }: CommandContext): void {
  if (folders.length === 0) return;
  const names = folders.slice(0, MAX_NAMED).map((it) => `"${textOf(it)}"`);
  const more = folders.length > MAX_NAMED ? `, and ${folders.length - MAX_NAMED} more` : '';
  log.say(
    `Gone from disk, with files that the bucket keeps: ${names.join(', ')}${more}. --recursive lists them.`,
  );
}

async function isInBucket({ aws, prefix }: Remote, path: string): Promise<boolean> {
  const key = prefix + path;
  const objects = [await listFew(aws, key, 1), await listFew(aws, `${key}/`, 1)].flat();
  return objects.some((it) => typeof it === 'object' && (it.Key === key || it.Key.startsWith(`${key}/`)));
}

function inNoTree(path: string): BackupError {
  return new BackupError(`"${path}" is in the bucket, but not in the tree of a run that ended.`, {
    hint: `A run that is going on, or did not end, has stored it. encrypted-s3-list-versions shows it, and this restores it, without modes and times: encrypted-s3 restore ${shellQuote(path)} DESTINATION`,
  });
}

function notThere(path: string, at: string | undefined): BackupError {
  const when = at === undefined ? '' : ' at that time';
  return new BackupError(`The backup has nothing at or below "${path}"${when}.`, {
    hint: 'A PATH is absolute, or relative to LOCAL_DIR. encrypted-s3 find --all searches all runs for a part of a name.',
  });
}

// The words that the shell's completion offers for a command line: words of the commands, and names from this machine's
// files. It uses no network, writes nothing, and lets bash run no config.
import { statSync } from 'node:fs';
import { stdout } from 'node:process';
import { profileNames } from '../aws/settings/profile-files.js';
import type { Candidate, Expected } from '../cli/completion/expected-words.js';
import { printable } from '../cli/log/log.js';
import { homeFolderOf } from '../cli/user-folders.js';
import type { BackupConfig } from '../config/backup-config.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readLiteralConfig } from '../config/read-config.js';
import { entryNamesIn } from '../history/select-entries.js';
import { treeCopyOf } from '../records/state-folder.js';

/** A line by which the shell is told to offer files, too. */
const FILES = ':files';
const NAMES_OF_FILES = new Set(['config_file', 'destination', 'directory', 'file']);
const NAMES_OF_PROFILES = new Set(['aws_profile', 'profile', 'profile_region_bucket']);
const NAMES_OF_PATHS = new Set(['path', 'folder']);

/** Prints a line for each candidate: its text, and after a tab its description. */
export async function complete(expected: Expected, current: string): Promise<void> {
  const { words, names } = expected;
  const isAny = (kind: ReadonlySet<string>) => [...names].some((name) => kind.has(name));
  const candidates: Candidate[] = [...words];
  const add = (texts: readonly string[]) => {
    for (const text of texts) candidates.push({ text, description: '' });
  };
  if (isAny(NAMES_OF_PROFILES)) add(profileNames(process.env));
  const config =
    isAny(NAMES_OF_PATHS) || names.has('s3_url') || names.has('aws_bucket') ? configOf(expected) : undefined;
  if (config !== undefined) {
    const url = `s3://${config.bucket}/${config.prefix}`;
    if (names.has('aws_bucket')) add([config.bucket]);
    if (names.has('s3_url')) add(await namesBelow(config, url, current, [url]));
    if (isAny(NAMES_OF_PATHS)) {
      const root = `${config.localDir}/`;
      add(
        current.startsWith('/')
          ? await namesBelow(config, root, current, [root])
          : await namesBelow(config, '', current),
      );
    }
  }
  const lines = candidates
    .filter(({ text }) => text.startsWith(current) && printable(text) === text)
    .map(({ text, description }) => (description === '' ? text : `${text}\t${description}`));
  if (isAny(NAMES_OF_FILES)) lines.push(FILES);
  stdout.write(lines.map((line) => `${line}\n`).join(''));
}

function configOf({ configFile }: Expected): BackupConfig | undefined {
  try {
    // The shell has not replaced the ~ yet.
    const file = configFileOrDefault(configFile?.replace(/^~(?=\/)/, homeFolderOf(process.env) ?? '~'));
    // A pipe may have nothing to read, and typed text is not for this program.
    return statSync(file).isFile() ? readLiteralConfig(file) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The files and folders of the last run that begin with `current`, up to the next `/`.
 * @param start the text before the paths
 * @param otherwise the words to offer while `current` is shorter than `start`
 */
async function namesBelow(
  config: BackupConfig,
  start: string,
  current: string,
  otherwise: readonly string[] = [],
): Promise<readonly string[]> {
  if (!current.startsWith(start)) return otherwise;
  const tree = treeCopyOf(config);
  if (tree === undefined) return [];
  try {
    const names = await entryNamesIn(tree, current.slice(start.length));
    return names.map((name) => start + name);
  } catch {
    return [];
  }
}

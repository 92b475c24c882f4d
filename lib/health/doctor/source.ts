// Judges LOCAL_DIR: what a walk has found, and what can't be stored.
import { formatBytes, formatCount } from '../../cli/units/quantities.js';
import type { BackupConfig } from '../../config/backup-config.js';
import type { ObstacleReason } from '../../tree/entry.js';
import { type Finding, ok, warning } from './finding.js';
import { addToConfig } from './remedies.js';

const WORDS: Readonly<Record<ObstacleReason, string>> = {
  unreadable: "can't be read by this user",
  special: 'is neither a file nor a folder',
  'not UTF-8': 'has a name that S3 can not store',
  'key too long': 'has too long a path for S3',
  loop: 'leads back to a folder that it is in',
  dangling: 'is a link that leads nowhere',
};
/** Obstacles that keep a run from being complete. */
const GRAVE: readonly ObstacleReason[] = ['unreadable', 'not UTF-8', 'key too long'];

/** What a walk of LOCAL_DIR has counted. */
interface WalkedSource {
  readonly files: number;
  readonly bytes: number;
  /** How many there are of each, and the first one's path. */
  readonly obstacles: ReadonlyMap<ObstacleReason, { readonly count: number; readonly first: string }>;
  /** statfs(2) types of file systems whose ctime proves nothing. */
  readonly typesWithoutCtime: readonly number[];
  /** The line of the config that leaves out what can't be stored. */
  readonly exclude: string;
}

export function judgeSource(
  { localDir, compareContent, configFile }: Pick<BackupConfig, 'localDir' | 'compareContent' | 'configFile'>,
  source: WalkedSource,
): Finding[] {
  const { files, bytes, obstacles, exclude } = source;
  const inWords = (reason: ObstacleReason) => {
    const { count = 0, first = '' } = obstacles.get(reason) ?? {};
    const others = count === 1 ? '' : `, and ${formatCount(count - 1, 'other')} like it`;
    return `"${first}" ${WORDS[reason]}${others}`;
  };
  const grave = GRAVE.filter((reason) => obstacles.has(reason));
  const light = [...obstacles.keys()].filter((reason) => !grave.includes(reason));
  const told = light.length === 0 ? '' : `; left out: ${light.map(inWords).join('; ')}`;
  return [
    ok('LOCAL_DIR', `"${localDir}": ${formatCount(files, 'file')}, ${formatBytes(bytes)}${told}`),
    ...grave.map((reason) =>
      warning(
        'LOCAL_DIR',
        `${inWords(reason)}: it is not in the backup. Correct that, or exclude it`,
        addToConfig(configFile, exclude),
      ),
    ),
    judgeCtime(source.typesWithoutCtime, compareContent, configFile),
  ];
}

function judgeCtime(
  typesWithoutCtime: readonly number[],
  comparesContent: boolean,
  configFile: string,
): Finding {
  if (typesWithoutCtime.length === 0)
    return ok('ctime', 'every change of a file shows, even one that keeps its size and mtime');
  const types = typesWithoutCtime.map((type) => `0x${type.toString(16)}`).join(', ');
  const text = `on file systems of type ${types}, it proves nothing`;
  if (comparesContent) return ok('ctime', `${text}; COMPARE_CONTENT reads all files there`);
  return warning(
    'ctime',
    `${text}: a file that changes and keeps its size and mtime is not uploaded again, unless COMPARE_CONTENT reads all of them`,
    addToConfig(configFile, 'COMPARE_CONTENT=yes'),
  );
}

// Names the files and folders that can't be backed up, and shows how to exclude them.
import { shellQuote } from '../cli/errors.js';
import { textOf } from '../tree/bytes.js';
import { mayHideFiles, type Obstacle } from '../tree/entry.js';
import { quotedPatternFor } from '../tree/patterns.js';
import { flatten } from '../tree/streams/batches.js';
import { readJson } from '../tree/streams/spool.js';
import type { Backup } from './backup.js';
import { MAX_KEY_LENGTH } from './source/walk-source.js';
import type { Start } from './start.js';

/** How many patterns a line names; the next run names the others. */
const MAX_PATTERNS = 20;

/** Names the files and folders that the scan found but can't back up. */
export async function reportObstacles(backup: Backup, { scan }: Start): Promise<void> {
  const { incomplete, log } = backup;
  for await (const obstacle of flatten(readJson<Obstacle>(scan.obstacles))) {
    const sentence = describeObstacle(backup, obstacle);
    if (mayHideFiles(obstacle)) incomplete.add(sentence);
    else if (obstacle.reason === 'loop') log.warn(sentence);
    else log.info(sentence);
  }
}

function describeObstacle({ localDir, prefix }: Backup, { key, reason }: Obstacle): string {
  const path = `"${localDir}/${textOf(key)}"`;
  const exclude = `To exclude it: EXCLUDE=(${quotedPatternFor(key)}).`;
  switch (reason) {
    case 'unreadable':
      return `${path} can't be read: what it holds now is not in the backup. ${exclude}`;
    case 'not UTF-8':
      return `The name of ${path} is not UTF-8, which S3 can't store: it is not in the backup. ${exclude}`;
    case 'key too long': {
      const length = Buffer.byteLength(prefix) + key.length;
      return `${path} would have a key of ${length} bytes, and S3 allows ${MAX_KEY_LENGTH}: it is not in the backup. ${exclude}`;
    }
    case 'loop':
      return `${path} leads back to a folder that it is in: it is not followed.`;
    case 'dangling':
      return `${path} is a link that leads nowhere.`;
    case 'special':
      return `${path} is neither a file nor a folder.`;
  }
}

/** The line of the config that also excludes the obstacles which prevent deletions. */
export async function excludeLine({ exclude }: Backup, { scan }: Start): Promise<string> {
  const hiding: Obstacle[] = [];
  for await (const obstacle of flatten(readJson<Obstacle>(scan.obstacles)))
    if (mayHideFiles(obstacle)) hiding.push(obstacle);
  return excludeLineWith(exclude, hiding);
}

export function excludeLineWith(exclude: readonly string[], obstacles: readonly Obstacle[]): string {
  const patterns = obstacles.slice(0, MAX_PATTERNS).map(({ key }) => quotedPatternFor(key));
  return `EXCLUDE=(${[...exclude.map(shellQuote), ...patterns].join(' ')})`;
}

// The names of a schedule's files, and the line that marks them as this program's.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { shellQuote } from '../../cli/errors.js';

/**
 * A unique name for each config, by its path. It has no dot, since run-parts(8) ignores names with one.
 * @param configFile an absolute path
 */
export function scheduleName(configFile: string): string {
  const words = basename(configFile)
    .replace(/\.(config|conf)$/, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  const hash = createHash('sha256').update(configFile).digest('hex').slice(0, 8);
  return ['encrypted-s3', ...(words === '' ? [] : [words]), hash].join('-');
}

/** The line that marks a file which `encrypted-s3 schedule` wrote for a config, and may replace and remove. */
export function markerOf(configFile: string): string {
  return `# Written by encrypted-s3. To remove it: encrypted-s3 schedule --remove -- ${shellQuote(configFile)}`;
}

// What the files of a schedule are called, and the line by which they are known to be ours.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { shellQuote } from '../../cli/errors.js';

/**
 * One name for each config, by its path. It is one that run-parts(8) accepts, which ignores files with a dot in them.
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

/** The line of a file that `encrypted-s3 schedule` wrote for a config, and may therefore replace and remove. */
export function markerOf(configFile: string): string {
  return `# Written by encrypted-s3. To remove it: encrypted-s3 schedule --remove -- ${shellQuote(configFile)}`;
}

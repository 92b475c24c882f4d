import { hook } from '../checks.js';
import { readAssignments } from './lexer.js';

const NAME = 'ON_FAILURE';

/**
 * Finds ON_FAILURE in a config that can't be read to its end, so that the hook reports that, too: the last line that is
 * a literal assignment of it and nothing else.
 * @returns `undefined` if there is no such line, or its value is wrong
 */
export function onFailureInText(bytes: Buffer, file: string): string | undefined {
  const lines = bytes.toString('latin1').split(/\r?\n/);
  const line = lines.findLast((it) => /^[ \t]*(export[ \t]+)?ON_FAILURE=/.test(it));
  if (line === undefined) return undefined;
  try {
    const [assignment, ...others] = readAssignments(line, file, process.env['HOME']);
    const { name, value } = assignment ?? {};
    return name === NAME && typeof value === 'string' && value !== '' && others.length === 0
      ? hook(value)
      : undefined;
  } catch {
    // It needs bash, or is wrong itself.
    return undefined;
  }
}

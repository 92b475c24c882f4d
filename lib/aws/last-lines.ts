import type { Readable } from 'node:stream';
import { splitLines } from './split-lines.js';

/** How many lines of a child's standard error are kept: its last words tell why it failed. */
const KEPT = 20;

/** Reads `stream` to its end with flat memory; returns its last lines, and passes each on as it comes. */
export async function lastLinesOf(stream: Readable, onLine?: (line: string) => void): Promise<string> {
  const kept: string[] = [];
  for await (const line of splitLines(stream, /\r?\n/)) {
    onLine?.(line);
    kept.push(line);
    if (kept.length > KEPT) kept.shift();
  }
  return kept.join('\n');
}

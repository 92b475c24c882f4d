import { isSettingName, settingNames } from './settings.js';
import type { ConfigValues } from './values.js';

/** A name that the file assigns and that resembles a setting. */
export interface Misspelling {
  readonly name: string;
  /** The setting. */
  readonly meant: string;
}

const MAX_DISTANCE = 2;

/** The names that resemble a setting, and that neither this program nor the file itself reads. */
export function findMisspellings({
  assigned,
  namesUsed,
}: Pick<ConfigValues, 'assigned' | 'namesUsed'>): Misspelling[] {
  return [...assigned].flatMap((name) => {
    if (isSettingName(name) || namesUsed.has(name)) return [];
    const meant = settingNames.find((setting) => resembles(name, setting));
    return meant === undefined ? [] : [{ name, meant }];
  });
}

function resembles(name: string, setting: string): boolean {
  if (name.toUpperCase() === setting) return true;
  return Math.abs(name.length - setting.length) <= MAX_DISTANCE && distance(name, setting) <= MAX_DISTANCE;
}

/** How many letters to change, add or remove to make one word of the other (Levenshtein). */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = (row[column] ?? 0) + (from[index] === to[column] ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

import { isSettingName, settingNames } from './settings.js';
import type { ConfigValues } from './values.js';

/** A name the file assigns that nobody reads, and the setting it probably is meant to be. */
export interface Slip {
  readonly name: string;
  readonly meant: string;
}

const MAX_DISTANCE = 2;

/** The names that look like a setting's, are none, and are not used by the file itself either. */
export function findSlips({ assigned, used }: Pick<ConfigValues, 'assigned' | 'used'>): Slip[] {
  const slips: Slip[] = [];
  for (const name of assigned) {
    if (isSettingName(name) || used.has(name)) continue;
    const meant = settingNames.find((setting) => isSlipOf(name, setting));
    if (meant !== undefined) slips.push({ name, meant });
  }
  return slips;
}

function isSlipOf(name: string, setting: string): boolean {
  if (name.toUpperCase() === setting) return true;
  return Math.abs(name.length - setting.length) <= MAX_DISTANCE && distance(name, setting) <= MAX_DISTANCE;
}

/** How many letters must be changed, added or left out to get from one word to the other (Levenshtein). */
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

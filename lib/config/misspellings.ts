import { isSettingName, settingNames } from './settings.js';
import type { ConfigValues } from './values.js';

/** A name that the file assigns and that resembles a setting. */
interface Misspelling {
  readonly name: string;
  /** The setting. */
  readonly meant: string;
}

const MAX_DISTANCE = 2;
/** Variables of the AWS CLI. */
const NO_MISSPELLING = /^AWS_ENDPOINT_URL_/;

/**
 * The names that resemble a setting, and that neither this program nor the file itself reads: their values would be
 * silently ignored. A name that only begins or ends like a setting does not count if the setting itself is assigned,
 * too.
 */
export function findMisspellings({
  assigned,
  namesUsed,
}: Pick<ConfigValues, 'assigned' | 'namesUsed'>): Misspelling[] {
  return [...assigned].flatMap((name) => {
    if (isSettingName(name) || namesUsed.has(name) || NO_MISSPELLING.test(name)) return [];
    const word = name.toUpperCase();
    const meant =
      settingNames.find((setting) => isAlmost(word, setting)) ??
      settingNames.find((setting) => isPartlyAlike(word, setting) && !assigned.has(setting));
    return meant === undefined ? [] : [{ name, meant }];
  });
}

function isAlmost(word: string, setting: string): boolean {
  return Math.abs(word.length - setting.length) <= MAX_DISTANCE && distance(word, setting) <= MAX_DISTANCE;
}

/** Whether a name begins with the first two words of a setting, or ends with its last two. */
function isPartlyAlike(word: string, setting: string): boolean {
  const words = setting.split('_');
  return word.startsWith(words.slice(0, 2).join('_')) || word.endsWith(words.slice(-2).join('_'));
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

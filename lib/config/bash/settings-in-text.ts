// Finds settings in the text of a config that bash has read.
import { isSettingName, type SettingName } from '../settings.js';

/** A line that looks like the assignment of a setting, but is not one to bash. */
export interface LostSetting {
  readonly name: SettingName;
  /** From 1. */
  readonly line: number;
}

const ASSIGNMENT = /^(?:export[ \t]+)?([A-Z_]+)=(.*)$/;
/** A word and, after a blank, a second one that is not a comment, assignment or operator. */
const WITH_COMMAND = /^[^\s'"$()`;&|<>\\#]*[ \t]+[^\s#;&|<>=]+(?:\s|$)/;

/**
 * The settings that bash skips without an error: it takes an unquoted value with a blank for a command, and the lines
 * below an open quote for text.
 * @param assigned the names that the file assigns
 * @param current the present value of a setting: a line with the same value is not lost
 * @param notFound the lines whose command bash did not find
 */
export function findLostSettings(
  text: string,
  assigned: ReadonlySet<string>,
  current: (name: SettingName) => string | undefined,
  notFound: readonly number[],
): LostSetting[] {
  return text.split('\n').flatMap((content, index) => {
    const [, name = '', value = ''] = ASSIGNMENT.exec(content) ?? [];
    if (!isSettingName(name) || assigned.has(name) || value === '' || /[$`\\]/.test(value)) return [];
    const line = index + 1;
    // The AWS CLI's own variables may stand before a call of it.
    const isCommand = WITH_COMMAND.test(value) && !name.startsWith('AWS_');
    const isLost = isCommand || notFound.some((it) => it >= line);
    return isLost && literalValue(value) !== (current(name) ?? '') ? [{ name, line }] : [];
  });
}

/** The value of a word, with or without quotes and with or without a comment after it. */
function literalValue(word: string): string | undefined {
  const [, , quoted, plain] = /^(?:(['"])(.*?)\1|([^\s'"]*))(?:\s*$|\s+#)/.exec(word) ?? [];
  return quoted ?? plain;
}

/** The line of each setting's last assignment, from 1, as far as the text shows it. */
export function linesOfSettings(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const [index, content] of text.split('\n').entries()) {
    const name = /^[ \t]*(?:export[ \t]+)?([A-Z_]+)\+?=/.exec(content)?.[1] ?? '';
    if (isSettingName(name)) lines.set(name, index + 1);
  }
  return lines;
}

/** The names that the text uses as `$NAME` or `${NAME…`. */
export function namesUsed(text: string): Set<string> {
  return new Set([...text.matchAll(/\$\{?[!#]?([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name = '']) => name));
}

// Settings that a config names, and that bash does not get all the same: a value with a blank and without quotes, or a
// quote that is not closed and swallows the lines below it. Bash takes these for commands, or for text, and goes on.
import { isSettingName, type SettingName } from '../settings.js';

export interface LostSetting {
  readonly name: SettingName;
  /** From 1. */
  readonly line: number;
}

const ASSIGNMENT = /^(?:export[ \t]+)?([A-Z_]+)=(.*)$/;
/** A word, and after a blank another one that is no comment, no assignment and no operator. */
const WITH_COMMAND = /^[^\s'"$()`;&|<>\\#]*[ \t]+[^\s#;&|<>=]+(?:\s|$)/;

/**
 * @param assigned what the file has assigned, as far as it can be known
 * @param current what a setting is now: a line that says just that is not lost
 * @param failed the lines whose command bash did not find
 */
export function lostSettings(
  text: string,
  assigned: ReadonlySet<string>,
  current: (name: SettingName) => string | undefined,
  failed: readonly number[],
): LostSetting[] {
  return text.split('\n').flatMap((content, index) => {
    const [, name = '', value = ''] = ASSIGNMENT.exec(content) ?? [];
    if (!isSettingName(name) || assigned.has(name) || value === '' || /[$`\\]/.test(value)) return [];
    const line = index + 1;
    // The AWS CLI's own variables may stand before a call of it.
    const isCommand = WITH_COMMAND.test(value) && !name.startsWith('AWS_');
    const isCause = isCommand || failed.some((it) => it >= line);
    return isCause && !says(value, current(name)) ? [{ name, line }] : [];
  });
}

/** Where a file that bash has read assigns its settings, as far as it can be told: their last lines, from 1. */
export function linesOfSettings(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const [index, content] of text.split('\n').entries()) {
    const name = /^[ \t]*(?:export[ \t]+)?([A-Z_]+)\+?=/.exec(content)?.[1] ?? '';
    if (isSettingName(name)) lines.set(name, index + 1);
  }
  return lines;
}

/** Whether the text of a value, with or without quotes and a comment after it, is this value. */
function says(text: string, value: string | undefined): boolean {
  const [, , quoted, plain] = /^(?:(['"])(.*?)\1|([^\s'"]*))(?:\s*$|\s+#)/.exec(text) ?? [];
  return (quoted ?? plain) === (value ?? '');
}

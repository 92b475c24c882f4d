// The answer to a question about a backup, row by row: a table, or JSON for programs.
import { type Column, type OutputStyle, tableText } from './table.js';

/** The output options of a command. */
export interface OutputFlags {
  readonly isJson: boolean;
  /** Whether a table has a header in a pipe, too. */
  readonly hasHeader: boolean;
}

export interface AnswerStyle extends OutputStyle {
  readonly isJson: boolean;
}

export function answerStyle({ isJson, hasHeader }: OutputFlags): AnswerStyle {
  const isForPeople = process.stdout.isTTY === true && !isJson;
  return { isJson, isForPeople, hasHeader: hasHeader || isForPeople };
}

/** How rows of one kind are shown. */
export interface RowFormat<T> {
  /** The name of the JSON format. */
  readonly what: string;
  readonly columns: readonly Column<T>[];
  /** The members of a row in JSON. */
  readonly members: (item: T) => object;
}

/** Lines with their newlines. @returns how many rows there were */
export async function* answerText<T>(
  items: AsyncIterable<T> | Iterable<T>,
  { what, columns, members }: RowFormat<T>,
  style: AnswerStyle,
): AsyncGenerator<string, number> {
  let count = 0;
  const counted = (async function* () {
    for await (const item of items) {
      count += 1;
      yield item;
    }
  })();
  if (style.isJson) {
    yield jsonHeader(what);
    for await (const item of counted) yield jsonLine(members(item));
  } else yield* tableText(columns, counted, style);
  return count;
}

/** The first line of JSON output: what it is, and the version of its format. */
export function jsonHeader(what: string): string {
  return jsonLine({ format: `encrypted-s3-backup ${what}`, version: 1 });
}

export function jsonLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

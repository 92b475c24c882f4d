// Tables: on a terminal aligned, with a header; in a pipe exact values between tabs, with a header on request.
import { printable } from '../log/log.js';
import { formatBytes } from '../units/quantities.js';
import { formatLocalTime } from '../units/times.js';

/** How a table is printed. */
export interface OutputStyle {
  /** Whether a person reads it: columns are aligned, sizes and times rounded. */
  readonly isForPeople: boolean;
  readonly hasHeader: boolean;
}

/** Between two columns, for people. */
const GAP = '  ';

export interface Column<T> {
  readonly name: string;
  readonly cell: (item: T, style: OutputStyle) => string;
  /** Whether it is aligned at its right end. */
  readonly isRight?: boolean;
  /** For the last column only: it has no header, and a line without a remark ends before it. */
  readonly isRemark?: boolean;
}

/** A column that is as wide as its cells, for people (characters). */
interface FittedColumn<T> extends Column<T> {
  readonly width: number;
}

/** How many rows decide the width of the columns. Later rows are printed as they come. */
const FIRST_ROWS = 200;

/** Lines with their newlines. For people, there is no header without a row. */
export async function* tableText<T>(
  columns: readonly Column<T>[],
  items: AsyncIterable<T> | Iterable<T>,
  style: OutputStyle,
): AsyncGenerator<string> {
  const first: T[] = [];
  let table = style.isForPeople ? undefined : yield* beginTable(columns, first, style);
  for await (const item of items) {
    if (table !== undefined) yield rowText(table, item, style);
    else if (first.push(item) === FIRST_ROWS) table = yield* beginTable(columns, first, style);
  }
  if (table === undefined && first.length > 0) yield* beginTable(columns, first, style);
}

/** @returns the columns for the rows that follow */
function* beginTable<T>(
  columns: readonly Column<T>[],
  first: readonly T[],
  style: OutputStyle,
): Generator<string, readonly FittedColumn<T>[]> {
  const table = fitted(columns, first, style);
  if (style.hasHeader) yield headerText(table, style);
  for (const item of first) yield rowText(table, item, style);
  return table;
}

/** The columns, as wide as these items need. The one that ends the line is not padded, since a path may be long. */
export function fitted<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  style: OutputStyle,
): FittedColumn<T>[] {
  const last = columns.findLast(({ isRemark }) => isRemark !== true);
  return columns.map((column) => {
    const name = style.hasHeader ? column.name : '';
    const cells = [name, ...items.map((item) => printable(column.cell(item, style)))];
    const isAtEnd = column.isRemark === true || (column === last && column.isRight !== true);
    return { ...column, width: isAtEnd ? 0 : Math.max(...cells.map(({ length }) => length)) };
  });
}

/** How wide a line of these columns is, in characters. */
export function widthOf<T>(columns: readonly FittedColumn<T>[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);
}

function headerText<T>(columns: readonly FittedColumn<T>[], style: OutputStyle): string {
  return lineText(
    columns,
    columns.filter(({ isRemark }) => isRemark !== true).map(({ name }) => name),
    style,
  );
}

function rowText<T>(columns: readonly FittedColumn<T>[], item: T, style: OutputStyle): string {
  const cells = columns.map(({ cell }) => printable(cell(item, style)));
  const isWithoutRemark = columns.at(-1)?.isRemark === true && cells.at(-1) === '';
  return lineText(columns, isWithoutRemark ? cells.slice(0, -1) : cells, style);
}

function lineText<T>(
  columns: readonly FittedColumn<T>[],
  cells: readonly string[],
  { isForPeople }: OutputStyle,
): string {
  if (!isForPeople) return `${cells.join('\t')}\n`;
  const aligned = columns.map(({ width, isRight }, index) => {
    const cell = cells[index] ?? '';
    return isRight ? cell.padStart(width) : cell.padEnd(width);
  });
  return `${aligned.join(GAP).trimEnd()}\n`;
}

/** @param time ms since the epoch */
export function timeText(time: number, { isForPeople }: OutputStyle): string {
  return isForPeople ? formatLocalTime(time) : new Date(time).toISOString();
}

export function sizeText(bytes: number, { isForPeople }: OutputStyle): string {
  return isForPeople ? formatBytes(bytes) : `${bytes}`;
}

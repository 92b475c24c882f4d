// Tables: aligned below a header for people on a terminal; in a pipe exact, between tabs, with a header if it is asked for.
import { printable } from './log/log.js';
import { formatBytes } from './units/quantities.js';
import { formatTime } from './units/times.js';

/** How answers are printed. */
export interface OutputStyle {
  readonly isJson: boolean;
  /** Whether a person reads it: sizes and times for people. */
  readonly isForPeople: boolean;
  /** Whether a table has a header although no person reads it. */
  readonly hasHeader: boolean;
}

/** What the command line says about output. */
export type OutputFlags = Pick<OutputStyle, 'isJson' | 'hasHeader'>;

export function outputStyle({ isJson, hasHeader }: OutputFlags): OutputStyle {
  return { isJson, hasHeader, isForPeople: process.stdout.isTTY === true && !isJson };
}

/** Between two columns, for people. */
const GAP = '  ';

export interface Column<T> {
  readonly name: string;
  readonly cell: (item: T, style: OutputStyle) => string;
  /** For people (characters). The last column needs none. */
  readonly width?: number;
  /** Whether it is aligned at its right end. */
  readonly isRight?: boolean;
  /** Of the last column: it has no header, and is left out of lines where it is empty. */
  readonly isRemark?: boolean;
}

/** The columns as wide as what is in them: for a table that is in memory. */
export function fitted<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  style: OutputStyle,
): Column<T>[] {
  return columns.map((column) => {
    const cells = [column.name, ...items.map((item) => printable(column.cell(item, style)))];
    return { ...column, width: Math.max(...cells.map(({ length }) => length)) };
  });
}

/** How wide a line of these columns is, in characters. */
export function widthOf<T>(columns: readonly Column<T>[]): number {
  return columns.reduce((sum, { width = 0 }) => sum + width + GAP.length, -GAP.length);
}

/** '' where the table has none. */
export function headerText<T>(columns: readonly Column<T>[], style: OutputStyle): string {
  if (style.isJson || !(style.isForPeople || style.hasHeader)) return '';
  return lineText(
    columns,
    columns.filter(({ isRemark }) => isRemark !== true).map(({ name }) => name),
    style,
  );
}

export function rowText<T>(columns: readonly Column<T>[], item: T, style: OutputStyle): string {
  const cells = columns.map(({ cell }) => printable(cell(item, style)));
  const isWithoutRemark = columns.at(-1)?.isRemark === true && cells.at(-1) === '';
  return lineText(columns, isWithoutRemark ? cells.slice(0, -1) : cells, style);
}

function lineText<T>(
  columns: readonly Column<T>[],
  cells: readonly string[],
  { isForPeople }: OutputStyle,
): string {
  if (!isForPeople) return `${cells.join('\t')}\n`;
  const aligned = columns.map(({ width = 0, isRight }, index) => {
    const cell = cells[index] ?? '';
    return isRight ? cell.padStart(width) : cell.padEnd(width);
  });
  return `${aligned.join(GAP).trimEnd()}\n`;
}

/** How wide times are for people. */
export const TIME_WIDTH = 25;
/** How wide sizes are for people. */
export const SIZE_WIDTH = 10;

/** @param time ms since the epoch */
export function timeText(time: number, { isForPeople }: OutputStyle): string {
  return isForPeople ? formatTime(time) : new Date(time).toISOString();
}

export function sizeText(bytes: number, { isForPeople }: OutputStyle): string {
  return isForPeople ? formatBytes(bytes) : `${bytes}`;
}

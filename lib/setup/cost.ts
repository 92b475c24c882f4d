// Estimates the cost of a backup, from the number and the size of its files.
import { formatBytes, formatCount } from '../cli/units/quantities.js';
import type { ClassPrices, Prices } from './prices.js';

/** The least size that some classes bill for a file (bytes). */
export const LEAST_BILLED = 128 * 1024;

export interface Totals {
  readonly files: number;
  readonly bytes: number;
  /** The bytes if each file has at least `LEAST_BILLED`. */
  readonly billedBytes: number;
}

/** US dollars. */
interface Cost {
  readonly upload: number;
  readonly month: number;
  /** The cost to restore everything to this machine once. */
  readonly restore: number;
}

/** Amazon's GB (bytes). */
const GB = 2 ** 30;
const CHECKS_A_MONTH = 30;

export function costOf(totals: Totals, prices: Prices, of: ClassPrices): Cost {
  const { files, bytes } = totals;
  const listings = Math.ceil(files / 1000) * CHECKS_A_MONTH;
  const sent = Math.max(0, bytes / GB - prices.freeTraffic);
  return {
    upload: (files / 1000) * of.uploads,
    month: (billedBytes(totals, of) / GB) * of.storage + (listings / 1000) * prices.listings,
    restore: (bytes / GB) * of.retrieval + (files / 1000) * of.downloads + sent * prices.traffic,
  };
}

function billedBytes({ bytes, billedBytes }: Totals, { leastBytes }: ClassPrices): number {
  return leastBytes === 0 ? bytes : billedBytes;
}

/** The class of these that costs the least a month. */
export function cheapestClass(totals: Totals, prices: Prices): string | undefined {
  const byMonth = Object.entries(prices.classes).map(
    ([name, of]) => [name, costOf(totals, prices, of).month] as const,
  );
  return byMonth.toSorted(([, a], [, b]) => a - b)[0]?.[0];
}

/**
 * The estimate, in lines.
 * @param isComplete false if there are more files than the totals say
 */
export function describeCost(
  totals: Totals,
  storageClass: string,
  prices: Prices,
  isComplete: boolean,
): string[] {
  const amount = `${isComplete ? '' : 'at least '}${formatCount(totals.files, 'file')}, ${formatBytes(totals.bytes)}`;
  const of = prices.classes[storageClass];
  if (of === undefined)
    return [
      `${amount}. Prices are known for ${Object.keys(prices.classes).join(', ')}, not for ${storageClass}: --prices FILE names a file with them.`,
    ];
  const { upload, month, restore } = costOf(totals, prices, of);
  const cheapest = cheapestClass(totals, prices);
  const other = cheapest === undefined ? undefined : prices.classes[cheapest];
  return [
    `${amount}, in ${storageClass}, at the prices of ${prices.date} in ${prices.region}:`,
    `  ${dollars(upload)} to upload once`,
    `  ${dollars(month)} a month, a full check each day included`,
    `  ${dollars(restore)} to restore everything to this machine`,
    ...leastSize(totals, of),
    ...(other === undefined || cheapest === storageClass
      ? []
      : [
          `${cheapest} (--storage-class ${cheapest}) is cheaper for these files: ${dollars(costOf(totals, prices, other).month)} a month.`,
        ]),
  ];
}

function leastSize({ bytes, billedBytes }: Totals, { leastBytes, leastDays }: ClassPrices): string[] {
  if (leastBytes === 0) return [];
  const least = `Each file is billed as ${formatBytes(leastBytes)} and ${leastDays} days at least`;
  return [`${least}: ${formatBytes(billedBytes)} instead of ${formatBytes(bytes)}.`];
}

/** `$1.25`; `less than $0.01` for an amount that would round to 0. */
function dollars(amount: number): string {
  return amount > 0 && amount < 0.005 ? 'less than $0.01' : `$${amount.toFixed(2)}`;
}

// What Amazon charges, in US dollars, for the estimate of `encrypted-s3 init`. Look at https://aws.amazon.com/s3/pricing/
// and change these three: the date, the region, and the numbers.
import { readFileSync } from 'node:fs';
import { BackupError, describeError, errnoOf } from '../cli/errors.js';

export interface ClassPrices {
  /** A GB for a month. */
  readonly storage: number;
  /** 1,000 uploads. */
  readonly uploads: number;
  /** 1,000 downloads. */
  readonly downloads: number;
  /** A GB read. */
  readonly retrieval: number;
  /** Bytes: a smaller file is billed as if it had so many. */
  readonly leastBytes: number;
  /** A file that is deleted or replaced sooner is billed for so many days. */
  readonly leastDays: number;
}

export interface Prices {
  readonly region: string;
  /** When these were the prices, as a person writes it. */
  readonly date: string;
  /** 1,000 requests that list; each names up to 1,000 files. */
  readonly listings: number;
  /** A GB sent out of AWS. */
  readonly traffic: number;
  /** So many GB a month are sent for nothing. */
  readonly freeTraffic: number;
  readonly classes: Readonly<Record<string, ClassPrices>>;
}

const US_EAST_1: Prices = {
  region: 'us-east-1',
  date: 'October 2026',
  listings: 0.005,
  traffic: 0.09,
  freeTraffic: 100,
  classes: {
    STANDARD_IA: {
      storage: 0.0125,
      uploads: 0.01,
      downloads: 0.001,
      retrieval: 0.01,
      leastBytes: 128 * 1024,
      leastDays: 30,
    },
    STANDARD: {
      storage: 0.023,
      uploads: 0.005,
      downloads: 0.0004,
      retrieval: 0,
      leastBytes: 0,
      leastDays: 0,
    },
  },
};

/**
 * @param file JSON of the same form, in the place of our own numbers
 * @throws {BackupError} if it is not
 */
export function readPrices(file: string | undefined): Prices {
  if (file === undefined) return US_EAST_1;
  let prices: unknown;
  try {
    prices = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = errnoOf(error) === undefined ? 'it is not JSON' : describeError(error);
    throw new BackupError(`The prices in "${file}" can't be read: ${why}.`);
  }
  const classes = hasForm(prices, US_EAST_1) ? Object.values(prices.classes) : [];
  const { STANDARD } = US_EAST_1.classes;
  if (classes.length > 0 && classes.every((it) => hasForm(it, STANDARD))) return prices as Prices;
  throw new BackupError(`"${file}" does not have the form of prices.`, {
    hint: `Write it like this: ${JSON.stringify({ ...US_EAST_1, classes: { STANDARD } })}`,
  });
}

/** True if `value` has every member of `form`, each of the same type. */
function hasForm<T extends object>(value: unknown, form: T | undefined): value is T {
  if (typeof value !== 'object' || value === null) return false;
  const members = value as Record<string, unknown>;
  return Object.entries(form ?? {}).every(([name, example]) => typeof members[name] === typeof example);
}
